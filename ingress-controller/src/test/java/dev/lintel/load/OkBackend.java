package dev.lintel.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// Answers every request with `ok`.
final class OkBackend implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
  private static final int END_OF_HEAD = 0x0d0a0d0a;

  private final ServerSocket server;
  private final AtomicInteger answered = new AtomicInteger();

  OkBackend() throws IOException {
    server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  /// How many requests it has had.
  int answered() {
    return answered.get();
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      int last = 0;
      int b;
      while ((b = in.read()) >= 0) {
        last = last << 8 | b;
        if (last == END_OF_HEAD) {
          answered.incrementAndGet();
          socket.getOutputStream().write(ANSWER);
        }
      }
    } catch (IOException _) {
      // the proxy left
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
