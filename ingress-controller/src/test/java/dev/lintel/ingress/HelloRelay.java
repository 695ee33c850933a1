package dev.lintel.ingress;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Something on the way of TLS connections, on loopback: takes the first record of the client
/// apart, or takes the PROXY header off, and passes on the rest.
final class HelloRelay implements AutoCloseable {
  /// What it does with the begin of a connection.
  interface Begin {
    void pass(DataInputStream in, OutputStream out) throws Exception;
  }

  private final ServerSocket server;
  private final int port;
  private final Begin begin;
  private final List<String> headers = new CopyOnWriteArrayList<>();

  /// @param port where it leads
  HelloRelay(int port, Begin begin) throws IOException {
    this.port = port;
    this.begin = begin;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Takes a PROXY header off each connection, and remembers it.
  static HelloRelay takingHeaders(int port) throws IOException {
    HelloRelay[] self = new HelloRelay[1];
    self[0] = new HelloRelay(port, (in, _) -> self[0].headers.add(StreamBackend.header(in)));
    return self[0];
  }

  /// Sends the first record byte by byte.
  static void slowly(DataInputStream in, OutputStream out) throws Exception {
    byte[] head = in.readNBytes(5);
    byte[] body = in.readNBytes((head[3] & 0xff) << 8 | head[4] & 0xff);
    for (byte b : join(head, body)) {
      out.write(b);
      Thread.sleep(0, 200_000);
    }
  }

  /// Makes many records of the first one, of a few bytes each.
  static void inRecords(DataInputStream in, OutputStream out) throws Exception {
    byte[] head = in.readNBytes(5);
    byte[] body = in.readNBytes((head[3] & 0xff) << 8 | head[4] & 0xff);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int at = 0; at < body.length; at += 29) {
      int length = Math.min(29, body.length - at);
      all.write(new byte[] {head[0], head[1], head[2], 0, (byte) length});
      all.write(body, at, length);
    }
    out.write(all.toByteArray());
  }

  private static byte[] join(byte[] a, byte[] b) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(a);
    all.writeBytes(b);
    return all.toByteArray();
  }

  int port() {
    return server.getLocalPort();
  }

  /// The headers taken.
  List<String> headers() {
    return headers;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> pass(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void pass(Socket client) {
    try (client;
        Socket to = new Socket("127.0.0.1", port)) {
      to.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> copy(to, client));
      begin.pass(new DataInputStream(client.getInputStream()), to.getOutputStream());
      copy(client, to);
      back.join();
    } catch (Exception _) {
      // the test sees that nothing came
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException _) {
      // one of them is gone
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
