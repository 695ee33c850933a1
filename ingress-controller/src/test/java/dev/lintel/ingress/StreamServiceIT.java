package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// TCP services of a ConfigMap, from a client's socket to a backend's and back.
@ExtendWith(LeakCheck.class)
class StreamServiceIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  @TempDir private Path elsewhere;

  /// A ConfigMap of services.
  ///
  /// @param kind `tcp` or `udp`
  /// @param entries `port: service`
  static String services(String kind, String... entries) {
    StringBuilder text =
        new StringBuilder("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: ")
            .append("ingress-nginx, name: ")
            .append(kind)
            .append("-services}\ndata:\n");
    for (String entry : entries) {
      String[] parts = entry.split(": ", 2);
      text.append("  \"").append(parts[0]).append("\": \"").append(parts[1]).append("\"\n");
    }
    return text.toString();
  }

  private void edit(String file, String text) throws IOException {
    Path made = Files.writeString(elsewhere.resolve(file), text);
    Files.move(made, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Connects, as soon as somebody listens.
  static Socket connect(int port) throws Exception {
    return connect(port, "127.0.0.1");
  }

  private static Socket connect(int port, String from) throws Exception {
    long until = System.nanoTime() + SOON.toNanos();
    while (true) {
      Socket socket = new Socket();
      try {
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        if (socket.getLocalPort() == port) {
          throw new ConnectException("connected to itself: nobody listens");
        }
        socket.setSoTimeout(20_000);
        return socket;
      } catch (ConnectException e) {
        socket.close();
        if (System.nanoTime() > until) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = socket.getInputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString();
  }

  private static String greeting(int port) throws Exception {
    try (Socket socket = connect(port)) {
      return line(socket);
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  /// Connections to the port go to that backend.
  private IngressSite served(int port, StreamBackend backend) throws Exception {
    return IngressSite.start(
        folder,
        IngressSite.service("db", backend.port(), "127.0.0.1"),
        services("tcp", port + ": default/db:80"));
  }

  @Test
  void bytesPassBothWaysAndEachDirectionEndsByItself() throws Exception {
    int port = FreePort.tcp();
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        IngressSite _ = served(port, backend);
        Socket client = connect(port)) {
      assertThat(line(client)).isEqualTo("db"); // the server speaks first
      say(client, "hello\n");
      assertThat(line(client)).isEqualTo("hello");
      client.shutdownOutput();
      assertThat(rest(client)).isEqualTo("bye");
    }
  }

  @Test
  void connectionsTakeTurnsAndAnEndpointThatRefusesCostsNone() throws Exception {
    int port = FreePort.tcp();
    try (StreamBackend one = new StreamBackend("one", "127.0.0.11", 0, false);
        StreamBackend two = new StreamBackend("two", "127.0.0.12", one.port(), false);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.service("db", one.port(), "127.0.0.11", "127.0.0.12", "127.0.0.13"),
                services("tcp", port + ": default/db:http"))) {
      int ones = 0;
      for (int i = 0; i < 60; i++) {
        String name = greeting(port);
        assertThat(name).isIn("one", "two");
        ones += name.equals("one") ? 1 : 0;
      }
      // Of three endpoints in turn the third one's share goes to the one behind it.
      assertThat(ones).isEqualTo(40);
      assertThat(two.connections()).isEqualTo(20);
    }
  }

  @Test
  void noOtherEndpointIsTriedWhereThatIsOff() throws Exception {
    int port = FreePort.tcp();
    try (StreamBackend one = new StreamBackend("one", "127.0.0.11", 0, false);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.config("proxy-stream-next-upstream: 'false'"),
                IngressSite.service("db", one.port(), "127.0.0.11", "127.0.0.13"),
                services("tcp", port + ": default/db:80"))) {
      int ones = 0;
      for (int i = 0; i < 20; i++) {
        ones += greeting(port).equals("one") ? 1 : 0;
      }
      assertThat(ones).isEqualTo(10);
    }
  }

  @Test
  void proxyHeadersAreTakenAndSent() throws Exception {
    int taken = FreePort.tcp();
    int sent = FreePort.tcp();
    int both = FreePort.tcp();
    byte[] two = HeaderRelay.two("203.0.113.7", "198.51.100.1", 4711, 5432);
    try (StreamBackend plain = new StreamBackend("plain", "127.0.0.1", 0, false);
        StreamBackend told = new StreamBackend("told", "127.0.0.1", 0, true);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.config("proxy-real-ip-cidr: 127.0.0.1"),
                IngressSite.service("plain", plain.port(), "127.0.0.1"),
                IngressSite.service("told", told.port(), "127.0.0.1"),
                services(
                    "tcp",
                    taken + ": default/plain:80:PROXY",
                    sent + ": default/told:80::PROXY",
                    both + ": default/told:80:PROXY:PROXY"));
        HeaderRelay first = new HeaderRelay(taken, two);
        HeaderRelay second = new HeaderRelay(both, two);
        HeaderRelay third =
            new HeaderRelay(both, HeaderRelay.one("2001:db8::7", "2001:db8::1", 4711, 5432))) {
      connect(taken).close();
      connect(both).close();
      assertThat(greeting(first.port())).isEqualTo("plain");
      assertThat(greeting(second.port()))
          .isEqualTo("told PROXY TCP4 203.0.113.7 198.51.100.1 4711 5432");
      assertThat(greeting(third.port()))
          .isEqualTo("told PROXY TCP6 2001:db8:0:0:0:0:0:7 2001:db8:0:0:0:0:0:1 4711 5432");
      try (Socket client = connect(sent)) {
        assertThat(line(client))
            .isEqualTo("told PROXY TCP4 127.0.0.1 127.0.0.1 " + client.getLocalPort() + " " + sent);
      }
      try (Socket without = connect(both)) {
        say(without, "hello there, nobody wants a header\n");
        assertThat(isClosed(without)).isTrue();
      }
      try (Socket stranger = connect(both, "127.0.0.2")) {
        assertThat(isClosed(stranger)).isTrue();
      }
      assertThat(told.connections()).isEqualTo(3);
    }
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException _) {
      return true; // a reset closes as well
    }
  }

  @Test
  void portsComeAndGoWithTheirConfigMapAndOpenSessionsStay() throws Exception {
    int port = FreePort.tcp();
    int other = FreePort.tcp();
    try (StreamBackend one = new StreamBackend("one", "127.0.0.1", 0, false);
        StreamBackend two = new StreamBackend("two", "127.0.0.1", 0, false);
        IngressSite site =
            IngressSite.start(
                folder,
                IngressSite.ingress("open.test"),
                IngressSite.service("one", one.port(), "127.0.0.1"),
                IngressSite.service("two", two.port(), "127.0.0.1"))) {
      assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
      edit("tcp.yaml", services("tcp", port + ": default/one:80"));
      try (Socket first = connect(port)) {
        assertThat(line(first)).isEqualTo("one");
        edit("tcp.yaml", services("tcp", port + ": default/two:80", other + ": default/two:80"));
        assertThat(greeting(other)).isEqualTo("two");
        assertThat(greeting(port)).isEqualTo("two");
        say(first, "still here\n");
        assertThat(line(first)).isEqualTo("still here");
        edit("tcp.yaml", services("tcp", other + ": default/two:80"));
        awaitRefused(port);
        say(first, "and here\n");
        assertThat(line(first)).isEqualTo("and here");
        assertThat(greeting(other)).isEqualTo("two");
        Files.delete(folder.resolve("tcp.yaml"));
        awaitRefused(other);
        say(first, "to the end\n");
        assertThat(line(first)).isEqualTo("to the end");
      }
      assertThat(site.status("open.test", "/", "")).isEqualTo("200");
    }
  }

  private static void awaitRefused(int port) throws Exception {
    long until = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < until) {
      try (Socket _ = new Socket("127.0.0.1", port)) {
        Thread.sleep(20);
      } catch (ConnectException _) {
        return;
      }
    }
    throw new AssertionError("port " + port + " is still open");
  }

  @Test
  void aPortThatIsTakenOpensOnceItIsFree() throws Exception {
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        ServerSocket taken = new ServerSocket(FreePort.tcp(), 1, InetAddress.getLoopbackAddress());
        IngressSite site =
            IngressSite.start(
                folder,
                IngressSite.ingress("open.test"),
                IngressSite.service("db", backend.port(), "127.0.0.1"),
                services("tcp", taken.getLocalPort() + ": default/db:80"))) {
      assertThat(site.status("open.test", "/", "")).isEqualTo("200");
      taken.close();
      assertThat(greeting(taken.getLocalPort())).isEqualTo("db");
    }
  }

  @Test
  void aResetIsPassedOnAsAReset() throws Exception {
    int port = FreePort.tcp();
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        IngressSite _ = served(port, backend);
        Socket client = connect(port)) {
      assertThat(line(client)).isEqualTo("db");
      say(client, "reset");
      assertThatThrownBy(() -> rest(client))
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void whereNobodyServesTheConnectionIsClosed() throws Exception {
    int port = FreePort.tcp();
    try (IngressSite _ =
        IngressSite.start(
            folder, IngressSite.service("db", 1), services("tcp", port + ": default/db:80"))) {
      try (Socket client = connect(port)) {
        assertThat(isClosed(client)).isTrue();
      }
    }
  }

  @Test
  void aSilentSessionEnds() throws Exception {
    int port = FreePort.tcp();
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.config("proxy-stream-timeout: 1s"),
                IngressSite.service("db", backend.port(), "127.0.0.1"),
                services("tcp", port + ": default/db:80"));
        Socket client = connect(port)) {
      assertThat(line(client)).isEqualTo("db");
      for (int i = 0; i < 4; i++) {
        Thread.sleep(500); // not silent for long enough
        say(client, "x\n");
        assertThat(line(client)).isEqualTo("x");
      }
      long begin = System.nanoTime();
      assertThat(isClosed(client)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
    }
  }

  @Test
  void whatOneSideDoesNotTakeIsNotReadFromTheOther() throws Exception {
    int port = FreePort.tcp();
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        IngressSite _ = served(port, backend);
        Socket client = connect(port)) {
      assertThat(line(client)).isEqualTo("db");
      say(client, "silent");
      AtomicLong written = new AtomicLong();
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      byte[] piece = new byte[64 * 1024];
                      while (written.get() < 256L << 20) {
                        client.getOutputStream().write(piece);
                        written.addAndGet(piece.length);
                      }
                    } catch (IOException _) {
                      // the end of the test
                    }
                  });
      long before = -1;
      while (written.get() != before) {
        before = written.get();
        Thread.sleep(1_000);
      }
      // The kernel's four buffers hold some megabytes each; nothing else does.
      assertThat(written.get()).isLessThan(48L << 20);
      client.close();
      writer.join();
    }
  }

  @Test
  void largeStreamsPassUnharmedBothWays() throws Exception {
    int port = FreePort.tcp();
    byte[] data = new byte[32 << 20];
    new Random(7).nextBytes(data);
    data[0] = 'x'; // no command
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        IngressSite _ = served(port, backend);
        Socket client = connect(port)) {
      assertThat(line(client)).isEqualTo("db");
      Thread writer = Thread.ofVirtual().start(() -> sendAll(client, data));
      byte[] back = client.getInputStream().readNBytes(data.length);
      assertThat(back.length).isEqualTo(data.length);
      assertThat(digest(back)).isEqualTo(digest(data));
      assertThat(rest(client)).isEqualTo("bye");
      writer.join();
    }
  }

  /// The output of a connection whose input has ended waits for its client again and again.
  @Test
  void whatComesBackBehindTheEndOfTheInputIsWhole() throws Exception {
    int port = FreePort.tcp();
    byte[] data = new byte[16 << 20];
    new Random(8).nextBytes(data);
    data[0] = 'x'; // no command
    try (StreamBackend backend = new StreamBackend("db", "127.0.0.1", 0, false);
        IngressSite _ = served(port, backend);
        Socket client = connect(port)) {
      assertThat(line(client)).isEqualTo("db");
      Thread writer = Thread.ofVirtual().start(() -> sendAll(client, data));
      InputStream in = client.getInputStream();
      byte[] back = new byte[data.length];
      int at = 0;
      for (int round = 0; round < 20; round++) {
        Thread.sleep(20); // meanwhile the way back is full
        at += in.readNBytes(back, at, data.length / 20);
      }
      at += in.readNBytes(back, at, data.length - at);
      assertThat(at).isEqualTo(data.length);
      assertThat(digest(back)).isEqualTo(digest(data));
      assertThat(rest(client)).isEqualTo("bye");
      writer.join();
    }
  }

  private static void sendAll(Socket client, byte[] data) {
    try {
      client.getOutputStream().write(data);
      client.shutdownOutput();
    } catch (IOException _) {
      // the reader sees it
    }
  }

  private static byte[] digest(byte[] data) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(data);
  }
}
