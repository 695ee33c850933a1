package dev.lintel.proxy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A client that sends exactly the bytes a test wants.
final class TestClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 15_000;

  /// A response as it came.
  record Response(int status, String head, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    /// The value of a field, null where there is none.
    String field(String name) {
      return Backend.HttpText.field(head, name);
    }

    boolean has(String line) {
      return head.toLowerCase(Locale.ROOT).contains("\r\n" + line.toLowerCase(Locale.ROOT));
    }
  }

  final Socket socket;
  private final InputStream in;

  TestClient(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  TestClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  Response get(String path) throws IOException {
    return get("a.test", path);
  }

  Response get(String host, String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return read();
  }

  Response read() throws IOException {
    return read(false);
  }

  /// Reads one response.
  ///
  /// @param toHead whether it answers a HEAD
  Response read(boolean toHead) throws IOException {
    String head = Backend.HttpText.head(in);
    if (head == null) {
      throw new IOException("closed without a response");
    }
    int status = Integer.parseInt(head.substring(9, 12));
    boolean bodiless = toHead || status < 200 || status == 204 || status == 304;
    byte[] body = bodiless ? new byte[0] : Backend.HttpText.body(in, head, false);
    return new Response(status, head, body);
  }

  /// Bytes as they come, at most so many; fewer at the end.
  byte[] raw(int length) throws IOException {
    return in.readNBytes(length);
  }

  /// Whether the other end closed; waits for it.
  boolean isClosed() {
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  /// Whether the other end closed without a reset; waits for it.
  boolean isClosedInOrder() {
    try {
      return in.read() < 0;
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
