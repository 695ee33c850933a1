package dev.lintel.ingress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A TCP server that speaks first: a line with its name, then what it gets, and `bye` behind the
/// end of that. Whoever sends `reset` is reset, `silent` is not read any more.
///
/// One that wants PROXY headers shows them behind its name: a line of version 1 as it is, one of
/// version 2 in hexadecimal.
public final class StreamBackend implements AutoCloseable {
  private final String name;
  private final boolean wantsHeader;
  private final ServerSocket server;
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();

  /// @param port 0 for any
  public StreamBackend(String name, String address, int port, boolean wantsHeader)
      throws IOException {
    this.name = name;
    this.wantsHeader = wantsHeader;
    this.server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 1_000);
    Thread.ofVirtual().start(this::accept);
  }

  /// Where it listens.
  public int port() {
    return server.getLocalPort();
  }

  /// How many connections there were.
  public int connections() {
    return accepted.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      String header = wantsHeader ? " " + header(in) : "";
      out.write((name + header + "\n").getBytes(StandardCharsets.US_ASCII));
      byte[] buffer = new byte[8192];
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        String text = new String(buffer, 0, Math.min(length, 16), StandardCharsets.US_ASCII);
        if (text.startsWith("reset")) {
          socket.setSoLinger(true, 0);
          return;
        }
        if (text.startsWith("silent")) {
          Thread.sleep(Long.MAX_VALUE);
        }
        out.write(buffer, 0, length);
      }
      out.write("bye".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException | InterruptedException _) {
      // the client left, or the test is over
    }
  }

  /// Reads the PROXY header at the begin of a connection, as text.
  static @Nullable String header(InputStream in) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    int first = in.read();
    header.write(first);
    if (first == 'P') {
      for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
        header.write(b);
      }
      return header.toString(StandardCharsets.US_ASCII).strip();
    }
    header.write(in.readNBytes(15));
    byte[] fixed = header.toByteArray();
    if (fixed.length < 16) {
      return null;
    }
    header.write(in.readNBytes((fixed[14] & 0xff) << 8 | fixed[15] & 0xff));
    return HexFormat.of().formatHex(header.toByteArray());
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : accepted) {
        socket.close();
      }
    } catch (IOException _) {
      // nothing more can be done
    }
  }
}
