package dev.lintel.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Takes large bodies by POST, slowly, and gives them by GET, as fast as they are taken. The path
/// of a request says which passage it belongs to.
final class BodyBackend implements AutoCloseable {
  private final ServerSocket server;
  private final Map<String, Passage> passages;

  BodyBackend(Map<String, Passage> passages) throws IOException {
    this.passages = passages;
    this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread.ofPlatform().daemon().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String head = readHead(socket.getInputStream());
      String[] line = head.split("[ /]+");
      Passage passage = passages.get(line[1]);
      if (passage == null) {
        throw new IOException("whose is " + head);
      }
      passage.backend(socket.getPort(), socket.getLocalPort());
      if (line[0].equals("POST")) {
        if (!head.toLowerCase(java.util.Locale.ROOT)
            .contains("content-length: " + passage.length)) {
          throw new IOException("no length in " + head);
        }
        take(socket.getInputStream(), passage);
        socket.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
      } else {
        socket
            .getOutputStream()
            .write(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + passage.length + "\r\n\r\n"));
        give(socket.getOutputStream(), passage);
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("the backend: " + e);
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads a head and not a byte more.
  static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (last != 0x0d0a0d0a) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed within a head: " + head);
      }
      last = last << 8 | b;
      head.write(b);
    }
    return head.toString(StandardCharsets.US_ASCII);
  }

  /// Reads a whole body at the passage's pace.
  static void take(InputStream in, Passage passage) throws IOException, InterruptedException {
    byte[] piece = new byte[4 * Passage.PIECE];
    while (passage.received() < passage.length) {
      int read = in.read(piece);
      if (read < 0) {
        throw new IOException("cut off after " + passage.received());
      }
      passage.received(read);
    }
  }

  /// Writes a whole body as fast as it is taken.
  static void give(OutputStream out, Passage passage) throws IOException {
    byte[] piece = new byte[Passage.PIECE];
    for (long left = passage.length; left > 0; left -= piece.length) {
      out.write(piece);
      passage.sent(piece.length);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
