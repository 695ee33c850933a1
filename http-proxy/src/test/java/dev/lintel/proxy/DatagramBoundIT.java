package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.l4.L4Config;
import dev.lintel.proxy.l4.ProxyVersion;
import dev.lintel.proxy.l4.StreamRules;
import dev.lintel.proxy.l4.StreamService;
import dev.lintel.proxy.l4.StreamTarget;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How many UDP sessions there are: a client of many ports takes no more files than it may.
@ExtendWith(LeakCheck.class)
class DatagramBoundIT {
  /// What a proxy of 32 connections keeps on its one loop.
  private static final int MOST = 4;

  @Test
  void theSessionThatWasSilentForTheLongestTimeGoes() throws Exception {
    try (DatagramSocket backend = socket();
        TestProxy proxy = new TestProxy(1, 8 * MOST)) {
      Thread.ofPlatform().daemon().start(() -> tellPorts(backend));
      int port = freePort();
      proxy.upstream.endpoints(
          new EndpointSet(
              List.of(new Endpoint(new InetSocketAddress("127.0.0.1", backend.getLocalPort()))),
              false));
      publish(proxy, port);
      List<DatagramSocket> clients = new ArrayList<>();
      List<String> sessions = new ArrayList<>();
      for (int i = 0; i < MOST; i++) {
        clients.add(socket());
        sessions.add(ask(clients.get(i), port));
      }
      assertThat(sessions).doesNotHaveDuplicates();
      for (int i = 0; i < MOST; i++) {
        assertThat(ask(clients.get(i), port)).isEqualTo(sessions.get(i));
      }
      ask(clients.getFirst(), port); // so that the second one is the oldest
      DatagramSocket another = socket();
      clients.add(another);
      String fresh = ask(another, port);
      assertThat(sessions).doesNotContain(fresh);
      assertThat(ask(clients.getFirst(), port)).isEqualTo(sessions.getFirst());
      assertThat(ask(another, port)).isEqualTo(fresh);
      assertThat(ask(clients.get(3), port)).isEqualTo(sessions.get(3));
      assertThat(ask(clients.get(1), port)).isNotEqualTo(sessions.get(1));
      clients.forEach(DatagramSocket::close);
    }
  }

  private static void publish(TestProxy proxy, int port) {
    ProxyConfig now = proxy.server.config();
    StreamRules rules = new StreamRules(60_000, 1_000, 3, 1_000, 100);
    StreamService service =
        new StreamService(port, true, new StreamTarget(proxy.upstream, ProxyVersion.NONE), false);
    proxy.server.publish(
        new ProxyConfig(
            now.generation() + 1,
            now.routes(),
            now.certificates(),
            now.settings(),
            new L4Config(null, null, rules, List.of(service))));
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = socket()) {
      return socket.getLocalPort();
    }
  }

  /// Answers each datagram with the port that it came from.
  private static void tellPorts(DatagramSocket backend) {
    try {
      backend.setSoTimeout(0);
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        backend.receive(packet);
        packet.setData(
            Integer.toString(packet.getPort()).getBytes(StandardCharsets.US_ASCII));
        backend.send(packet);
      }
    } catch (IOException _) {
      // closed
    }
  }

  private static String ask(DatagramSocket client, int port) throws IOException {
    client.send(new DatagramPacket(new byte[] {1}, 1, InetAddress.getLoopbackAddress(), port));
    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
    client.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
  }
}
