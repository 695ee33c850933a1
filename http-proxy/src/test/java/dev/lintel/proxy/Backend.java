package dev.lintel.proxy;

import dev.lintel.proxy.upstream.Endpoint;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server on a loopback port that records requests as bytes and answers as a test says, also
/// wrongly.
final class Backend implements AutoCloseable {
  /// Answers one request. Closing the socket ends the connection.
  interface Script {
    void answer(Request request, Socket socket, OutputStream out) throws Exception;
  }

  /// A request as it came.
  record Request(String head, byte[] body, int connection, int number) {
    String line() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    /// The value of a field, null where there is none.
    String field(String name) {
      return HttpText.field(head, name);
    }
  }

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  final List<Request> requests = new CopyOnWriteArrayList<>();
  volatile Script script;

  Backend(Script script) throws IOException {
    this(0, script);
  }

  /// @param port 0 for any
  Backend(int port, Script script) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(port, 1024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Answers 200 with this text.
  static Backend saying(String text) throws IOException {
    return new Backend((_, _, out) -> out.write(ok(text)));
  }

  static byte[] ok(String text) {
    return bytes("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  Endpoint endpoint() {
    return new Endpoint(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
  }

  int connections() {
    return connections.get();
  }

  int closedConnections() {
    return closed.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException _) {
      // Closed by the test.
    }
  }

  private void serve(Socket socket, int connection) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int number = 1; !socket.isClosed(); number++) {
        Request request = read(in, connection, number);
        if (request == null) {
          return;
        }
        requests.add(request);
        script.answer(request, socket, socket.getOutputStream());
      }
    } catch (Exception _) {
      // The other end is gone, or the test is over.
    } finally {
      closed.incrementAndGet();
    }
  }

  private static Request read(InputStream in, int connection, int number) throws IOException {
    String head = HttpText.head(in);
    return head == null
        ? null
        : new Request(head, HttpText.body(in, head, true), connection, number);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /// Reads messages for both ends of a test.
  static final class HttpText {
    private HttpText() {}

    /// The head with its empty line; null at the end of the stream.
    static String head(InputStream in) throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      int b;
      while ((b = in.read()) >= 0) {
        head.write(b);
        if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
          return head.toString(StandardCharsets.ISO_8859_1);
        }
      }
      return head.size() == 0 ? null : head.toString(StandardCharsets.ISO_8859_1);
    }

    /// The value of a field, null where there is none.
    static String field(String head, String name) {
      for (String line : head.split("\r\n")) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
          return line.substring(name.length() + 1).strip();
        }
      }
      return null;
    }

    static byte[] body(InputStream in, String head, boolean request) throws IOException {
      String lower = head.toLowerCase(Locale.ROOT);
      int length = lower.indexOf("\r\ncontent-length:");
      if (lower.contains("\r\ntransfer-encoding: chunked")) {
        return chunks(in);
      }
      if (length >= 0) {
        String value = lower.substring(length + 17, lower.indexOf("\r\n", length + 2)).strip();
        return in.readNBytes(Integer.parseInt(value));
      }
      return request ? new byte[0] : in.readAllBytes();
    }

    private static byte[] chunks(InputStream in) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        String line = line(in);
        int size = Integer.parseInt(line, 16);
        if (size == 0) {
          while (!line(in).isEmpty()) {
            // Trailers are of no interest.
          }
          return body.toByteArray();
        }
        byte[] chunk = in.readNBytes(size);
        if (chunk.length < size) {
          throw new IOException("the body was cut");
        }
        body.write(chunk);
        line(in);
      }
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      int b;
      while ((b = in.read()) != '\n') {
        if (b < 0) {
          throw new IOException("the body was cut");
        }
        line.append((char) b);
      }
      return line.toString().strip();
    }
  }
}
