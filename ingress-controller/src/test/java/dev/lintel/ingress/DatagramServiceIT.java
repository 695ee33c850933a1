package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// UDP services of a ConfigMap, from a client's socket to a backend's and back.
@ExtendWith(LeakCheck.class)
class DatagramServiceIT {
  @TempDir private Path folder;

  /// The Service of a UDP backend.
  static String service(String name, int port, String... addresses) {
    return IngressSite.service(name, port, addresses)
        .replace("protocol: TCP", "protocol: UDP")
        .replace("targetPort: http}", "targetPort: http, protocol: UDP}");
  }

  private static DatagramSocket client() throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
    socket.setSoTimeout(5_000);
    return socket;
  }

  private static void send(DatagramSocket socket, int port, byte[] data) throws IOException {
    socket.send(new DatagramPacket(data, data.length, InetAddress.getLoopbackAddress(), port));
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static String ask(DatagramSocket socket, int port) throws IOException {
    send(socket, port, "who".getBytes(StandardCharsets.US_ASCII));
    return new String(receive(socket), StandardCharsets.US_ASCII);
  }

  @Test
  void datagramsOfAnyLengthPassBothWays() throws Exception {
    int port = FreePort.udp();
    try (DatagramBackend backend = new DatagramBackend("dns", "127.0.0.1", 0);
        IngressSite _ =
            IngressSite.start(
                folder,
                service("dns", backend.port(), "127.0.0.1"),
                StreamServiceIT.services("udp", port + ": default/dns:80"));
        DatagramSocket client = client()) {
      for (int length : new int[] {1, 512, 1_472, 9_000, 60_000, 65_507}) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        send(client, port, data);
        assertThat(receive(client)).as("%d bytes", length).isEqualTo(data);
      }
    }
  }

  @Test
  void aSessionIsAClientsAddressAndPort() throws Exception {
    int port = FreePort.udp();
    try (DatagramBackend one = new DatagramBackend("one", "127.0.0.11", 0);
        DatagramBackend two = new DatagramBackend("two", "127.0.0.12", one.port());
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.config("proxy-stream-responses: '100'"),
                service("dns", one.port(), "127.0.0.11", "127.0.0.12"),
                StreamServiceIT.services("udp", port + ": default/dns:http"));
        DatagramSocket first = client();
        DatagramSocket second = client()) {
      String ofFirst = ask(first, port);
      String ofSecond = ask(second, port);
      assertThat(Set.of(ofFirst.substring(0, 3), ofSecond.substring(0, 3)))
          .containsExactlyInAnyOrder("one", "two");
      for (int i = 0; i < 10; i++) {
        assertThat(ask(first, port)).isEqualTo(ofFirst);
        assertThat(ask(second, port)).isEqualTo(ofSecond);
      }
      assertThat(one.peers() + two.peers()).isEqualTo(2);
    }
  }

  @Test
  void aSessionEndsWithItsLastAnswer() throws Exception {
    int port = FreePort.udp();
    try (DatagramBackend one = new DatagramBackend("one", "127.0.0.11", 0);
        DatagramBackend two = new DatagramBackend("two", "127.0.0.12", one.port());
        IngressSite _ =
            IngressSite.start(
                folder,
                service("dns", one.port(), "127.0.0.11", "127.0.0.12"),
                StreamServiceIT.services("udp", port + ": default/dns:80"));
        DatagramSocket client = client()) {
      Set<String> names = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        names.add(ask(client, port).substring(0, 3));
      }
      assertThat(names).containsExactlyInAnyOrder("one", "two");
    }
  }

  @Test
  void aSilentSessionEnds() throws Exception {
    int port = FreePort.udp();
    try (DatagramBackend backend = new DatagramBackend("dns", "127.0.0.1", 0);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.config("proxy-stream-responses: '100'", "proxy-stream-timeout: 1s"),
                service("dns", backend.port(), "127.0.0.1"),
                StreamServiceIT.services("udp", port + ": default/dns:80"));
        DatagramSocket client = client()) {
      String before = ask(client, port);
      Thread.sleep(600);
      assertThat(ask(client, port)).isEqualTo(before);
      Thread.sleep(600);
      assertThat(ask(client, port)).isEqualTo(before); // each datagram begins the time anew
      Thread.sleep(1_300);
      assertThat(ask(client, port)).isNotEqualTo(before);
    }
  }

  @Test
  void anEndpointThatIsNotThereIsLeftWithTheNextDatagram() throws Exception {
    int port = FreePort.udp();
    try (DatagramBackend two = new DatagramBackend("two", "127.0.0.12", 0);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.config("proxy-stream-responses: '100'"),
                service("dns", two.port(), "127.0.0.11", "127.0.0.12"),
                StreamServiceIT.services("udp", port + ": default/dns:80"));
        DatagramSocket client = client()) {
      client.setSoTimeout(300);
      String answer = "";
      for (int i = 0; i < 4 && answer.isEmpty(); i++) {
        try {
          answer = ask(client, port);
        } catch (SocketTimeoutException _) {
          // that one went to the endpoint that is not there
        }
      }
      assertThat(answer).startsWith("two");
    }
  }

  @Test
  void portsComeAndGoWithTheirConfigMap() throws Exception {
    int port = FreePort.udp();
    try (DatagramBackend backend = new DatagramBackend("dns", "127.0.0.1", 0);
        IngressSite _ = IngressSite.start(folder, service("dns", backend.port(), "127.0.0.1"));
        DatagramSocket client = client()) {
      client.setSoTimeout(200);
      assertThat(isAnswered(client, port)).isFalse();
      Path file = folder.resolve("udp.yaml");
      Files.writeString(file, StreamServiceIT.services("udp", port + ": default/dns:80"));
      await(client, port, true);
      Files.delete(file);
      await(client, port, false);
      try (DatagramSocket again = new DatagramSocket(port)) {
        assertThat(again.isBound()).isTrue();
      }
    }
  }

  private static void await(DatagramSocket client, int port, boolean answered) throws Exception {
    long until = System.nanoTime() + 10_000_000_000L;
    while (isAnswered(client, port) != answered) {
      assertThat(System.nanoTime()).isLessThan(until);
    }
  }

  private static boolean isAnswered(DatagramSocket client, int port) throws IOException {
    try {
      return ask(client, port).startsWith("dns");
    } catch (SocketTimeoutException _) {
      return false;
    }
  }
}
