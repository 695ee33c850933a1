package dev.lintel.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A load balancer in front, on loopback: sends some bytes, such as a PROXY header, before those of
/// each client.
final class HeaderRelay implements AutoCloseable {
  private static final byte[] BEGIN_2 = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };

  private final ServerSocket server;
  private final int port;
  private final byte[] header;
  private final String from;

  /// @param port where it leads
  /// @param from its own address towards there
  HeaderRelay(int port, byte[] header, String from) throws IOException {
    this.port = port;
    this.header = header;
    this.from = from;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  HeaderRelay(int port, byte[] header) throws IOException {
    this(port, header, "127.0.0.1");
  }

  int port() {
    return server.getLocalPort();
  }

  /// A header of version 1.
  static byte[] one(String source, String destination, int sourcePort, int destinationPort) {
    String family = source.contains(":") ? "TCP6" : "TCP4";
    return ("PROXY "
            + String.join(" ", family, source, destination)
            + " "
            + sourcePort
            + " "
            + destinationPort
            + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// A header of version 2, with a record behind the addresses.
  static byte[] two(String source, String destination, int sourcePort, int destinationPort) {
    byte[] from = InetAddress.ofLiteral(source).getAddress();
    byte[] to = InetAddress.ofLiteral(destination).getAddress();
    int length = 2 * from.length + 4 + 5;
    return ByteBuffer.allocate(16 + length)
        .put(BEGIN_2)
        .put((byte) 0x21)
        .put((byte) (from.length == 4 ? 0x11 : 0x21))
        .putShort((short) length)
        .put(from)
        .put(to)
        .putShort((short) sourcePort)
        .putShort((short) destinationPort)
        .put(new byte[] {0x01, 0, 2, 'h', '2'})
        .array();
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
        Socket server = new Socket()) {
      server.bind(new InetSocketAddress(from, 0));
      server.connect(new InetSocketAddress("127.0.0.1", port));
      server.setTcpNoDelay(true);
      server.getOutputStream().write(header);
      Thread back = Thread.ofVirtual().start(() -> copy(server, client));
      copy(client, server);
      back.join();
    } catch (IOException | InterruptedException _) {
      // the test sees that nothing came
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
      to.shutdownOutput();
    } catch (IOException _) {
      try {
        to.close();
      } catch (IOException _) {
        // nothing more can be done
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
