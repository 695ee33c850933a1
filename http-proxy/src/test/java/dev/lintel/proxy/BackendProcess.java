package dev.lintel.proxy;

import dev.lintel.proxy.upstream.Endpoint;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A backend in a process of its own, which can be killed and stopped as a pod can. It answers each
/// request with its number and the request's id, as [Ledger#answer] has it; to a WebSocket it says
/// its number as `X-Backend`, and sends back what it gets.
final class BackendProcess implements AutoCloseable {
  private final int number;
  private final int port;
  private Process process;

  /// @param number by which the ledger knows it
  BackendProcess(int number) throws IOException {
    this.number = number;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    start();
  }

  /// Starts it, on the same port as before. Returns when it listens.
  void start() throws IOException {
    String classes =
        Path.of(
                java.net.URI.create(
                    BackendProcess.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
            .toString();
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                classes,
                BackendProcess.class.getName(),
                Integer.toString(port),
                Integer.toString(number))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    if (!"listening".equals(out.readLine())) {
      throw new IOException("the backend did not start");
    }
  }

  Endpoint endpoint() {
    return new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  /// SIGSTOP: the kernel goes on taking connections for it.
  void stop() throws Exception {
    signal("STOP");
  }

  /// SIGCONT.
  void resume() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    int end =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (end != 0) {
      throw new IOException("kill -" + name + " ended with " + end);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// @param args port and number
  public static void main(String[] args) throws IOException {
    try (ServerSocket server =
        new ServerSocket(Integer.parseInt(args[0]), 1024, InetAddress.getLoopbackAddress())) {
      System.out.println("listening");
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, Integer.parseInt(args[1])));
      }
    }
  }

  private static void serve(Socket socket, int number) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        if (!field(head, "upgrade: ").isEmpty()) {
          echo(socket, in, number);
          return;
        }
        skipBody(in, head);
        String id = field(head, "x-request-id: ");
        String text = number + " answers " + id;
        socket
            .getOutputStream()
            .write(
                ("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text)
                    .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException _) {
      // the proxy left
    }
  }

  private static void skipBody(InputStream in, String head) throws IOException {
    String length = field(head, "content-length: ");
    if (!length.isEmpty()) {
      in.skipNBytes(Integer.parseInt(length));
    } else if (!field(head, "transfer-encoding: ").isEmpty()) {
      int size;
      do {
        size = Integer.parseInt(line(in), 16);
        in.skipNBytes(size + 2);
      } while (size > 0);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /// Short messages of a client that masks them with zeros.
  private static void echo(Socket socket, InputStream in, int number) throws IOException {
    String agreed =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nX-Backend: ";
    socket
        .getOutputStream()
        .write((agreed + number + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    for (byte[] head = in.readNBytes(6); head.length == 6; head = in.readNBytes(6)) {
      socket.getOutputStream().write(message(in.readNBytes(head[1] & 0x7f)));
    }
  }

  /// A message of a WebSocket as a server sends it.
  static byte[] message(byte[] text) {
    return ByteBuffer.allocate(2 + text.length)
        .put((byte) 0x82)
        .put((byte) text.length)
        .put(text)
        .array();
  }

  private static String field(String head, String name) {
    for (String line : head.split("\r\n")) {
      if (line.regionMatches(true, 0, name, 0, name.length())) {
        return line.substring(name.length());
      }
    }
    return "";
  }

  /// Empty at the end of the stream.
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    int b;
    while ((b = in.read()) >= 0) {
      head.append((char) b);
      if (b == '\n' && head.length() > 3 && head.lastIndexOf("\r\n\r\n") == head.length() - 4) {
        return head.toString();
      }
    }
    return "";
  }
}
