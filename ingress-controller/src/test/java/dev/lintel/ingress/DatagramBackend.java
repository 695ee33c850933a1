package dev.lintel.ingress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A UDP server that sends each datagram back. Where it is asked to (`who`), it tells its own name
/// and which port the question came from; it does not answer `quiet`.
public final class DatagramBackend implements AutoCloseable {
  private final String name;
  private final DatagramSocket socket;
  private final Set<Integer> peers = ConcurrentHashMap.newKeySet();

  /// @param port 0 for any
  public DatagramBackend(String name, String address, int port) throws IOException {
    this.name = name;
    this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    socket.setReceiveBufferSize(4 << 20);
    Thread.ofPlatform().daemon().start(this::serve);
  }

  /// Where it listens.
  public int port() {
    return socket.getLocalPort();
  }

  /// From how many ports it was asked.
  public int peers() {
    return peers.size();
  }

  private void serve() {
    byte[] buffer = new byte[65_535];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        peers.add(packet.getPort());
        String text =
            new String(buffer, 0, Math.min(8, packet.getLength()), StandardCharsets.US_ASCII);
        if (text.startsWith("who")) {
          byte[] answer =
              (name + " " + packet.getPort()).getBytes(StandardCharsets.US_ASCII);
          packet.setData(answer);
        }
        if (!text.startsWith("quiet")) {
          socket.send(packet);
        }
      }
    } catch (IOException _) {
      // closed
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
