package dev.lintel.ingress;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A FastCGI server on loopback that remembers what it was told and answers as the path says: well,
/// or as no server may.
final class FastCgiServer implements AutoCloseable {
  static final int STDOUT = 6;
  static final int STDERR = 7;
  static final int END = 3;

  /// One request.
  record Seen(Map<String, String> params, byte[] body, boolean keeps) {}

  /// Says what the server sends.
  interface Script {
    void run(Seen seen, OutputStream out) throws IOException;
  }

  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<String, Script> scripts = new TreeMap<>();

  FastCgiServer() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  Seen last() {
    return seen.getLast();
  }

  List<Seen> seen() {
    return seen;
  }

  /// What is sent for a path.
  void on(String path, Script script) {
    scripts.put(path, script);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(client.getInputStream());
      while (true) {
        Seen request = read(in);
        seen.add(request);
        Script script =
            scripts.getOrDefault(
                request.params().getOrDefault("DOCUMENT_URI", ""), FastCgiServer::echo);
        script.run(request, client.getOutputStream());
        if (!request.keeps()) {
          return;
        }
      }
    } catch (IOException _) {
      // gone
    }
  }

  private static Seen read(DataInputStream in) throws IOException {
    ByteArrayOutputStream params = new ByteArrayOutputStream();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean keeps = false;
    while (true) {
      int version = in.readUnsignedByte();
      int type = in.readUnsignedByte();
      int id = in.readUnsignedShort();
      byte[] content = new byte[in.readUnsignedShort()];
      int padding = in.readUnsignedByte();
      in.readByte();
      in.readFully(content);
      in.readFully(new byte[padding]);
      if (version != 1 || id != 1) {
        throw new IOException("no record of FastCGI");
      }
      switch (type) {
        case 1 -> keeps = content[2] == 1;
        case 4 -> params.write(content);
        case 5 -> {
          if (content.length == 0) {
            return new Seen(params(params.toByteArray()), body.toByteArray(), keeps);
          }
          body.write(content);
        }
        default -> throw new IOException("a record of type " + type);
      }
    }
  }

  private static Map<String, String> params(byte[] bytes) throws IOException {
    Map<String, String> params = new TreeMap<>();
    DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
    while (in.available() > 0) {
      byte[] name = new byte[length(in)];
      byte[] value = new byte[length(in)];
      in.readFully(name);
      in.readFully(value);
      String before = params.put(text(name), text(value));
      if (before != null) {
        throw new EOFException("twice: " + text(name));
      }
    }
    return params;
  }

  private static int length(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    return first < 0x80
        ? first
        : (first & 0x7f) << 24
            | in.readUnsignedByte() << 16
            | in.readUnsignedByte() << 8
            | in.readUnsignedByte();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void echo(Seen request, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder("Content-Type: text/plain\r\n\r\n");
    request
        .params()
        .forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    text.append("body=").append(request.body().length).append('\n');
    out.write(record(STDOUT, text.toString()));
    out.write(end(0));
  }

  /// A record of the one request, with some padding.
  static byte[] record(int type, String content) {
    return record(1, type, 1, content.getBytes(StandardCharsets.ISO_8859_1), 3);
  }

  static byte[] record(int version, int type, int id, byte[] content, int padding) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(version);
    out.write(type);
    out.write(id >> 8);
    out.write(id);
    out.write(content.length >> 8);
    out.write(content.length);
    out.write(padding);
    out.write(0);
    out.writeBytes(content);
    out.writeBytes(new byte[padding]);
    return out.toByteArray();
  }

  /// The end of the request.
  static byte[] end(int status) {
    return record(1, END, 1, new byte[] {0, 0, 0, 0, (byte) status, 0, 0, 0}, 0);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
