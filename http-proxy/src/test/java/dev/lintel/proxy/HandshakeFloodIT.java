package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Handshakes that are held open by many clients, beside clients that mean it.
@ExtendWith(LeakCheck.class)
class HandshakeFloodIT {
  private static final int CONNECTIONS = 256;

  /// What may be in one line: a quarter.
  private static final int LINE = CONNECTIONS / 4;

  private static final int FLOOD = 3 * LINE;

  /// How a client leaves its handshake.
  private enum Left {
    /// Connected, and nothing else.
    SILENT("hello", 0),
    /// In the middle of its hello.
    HALF_SAID("hello", 1),
    /// After its hello, with our answer unread.
    UNANSWERED("answered", 2);

    private final String state;
    private final int halves;

    Left(String state, int halves) {
      this.state = state;
      this.halves = halves;
    }
  }

  private static byte[] hello() throws Exception {
    SSLEngine engine = TlsIT.context().createSSLEngine("a.test", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(java.util.List.of(new SNIHostName("a.test")));
    engine.setSSLParameters(parameters);
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static Socket open(TestProxy proxy, byte[] hello, Left left) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.server.httpsPort());
    try {
      OutputStream out = socket.getOutputStream();
      out.write(hello, 0, left.halves * hello.length / 2);
    } catch (IOException _) {
      // given up already
    }
    return socket;
  }

  private static String page(TestProxy proxy) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    proxy.server.metrics().write(page);
    return page.toString(StandardCharsets.UTF_8);
  }

  private static long counted(TestProxy proxy, String label) throws IOException {
    Matcher found =
        Pattern.compile("^lintel_[a-z_]+\\{[^}]*" + label + "[^}]*} (\\d+)", Pattern.MULTILINE)
            .matcher(page(proxy));
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  @ParameterizedTest
  @EnumSource(Left.class)
  void nobodyElseNoticesHandshakesThatAreHeldOpen(Left left) throws Exception {
    byte[] hello = hello();
    Deque<Socket> held = new ArrayDeque<>();
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(1, CONNECTIONS, backend);
        TestClient before = new TestClient(TlsIT.connect(proxy, "a.test", "http/1.1"))) {
      assertThat(before.get("/").status()).isEqualTo(200);
      int most = 0;
      for (int i = 1; i <= FLOOD; i++) {
        held.add(open(proxy, hello, left));
        most = Math.max(most, proxy.server.connections());
        if (i % 24 == 0) {
          assertThat(before.get("/").status()).isEqualTo(200);
          try (TestClient newcomer = new TestClient(TlsIT.connect(proxy, "a.test", "http/1.1"))) {
            assertThat(newcomer.get("/").status()).isEqualTo(200);
          }
        }
      }
      // Twice as many wait for their hello while they are young.
      assertThat(most).isLessThanOrEqualTo(CONNECTIONS / 2 + 10);
      TimeUnit.MILLISECONDS.sleep(left.state.equals("hello") ? 300 : 0);
      held.add(open(proxy, hello, left));
      try (TestClient newcomer = new TestClient(TlsIT.connect(proxy, "a.test", "http/1.1"))) {
        assertThat(newcomer.get("/").status()).isEqualTo(200);
      }
      assertThat(before.get("/").status()).isEqualTo(200);
      assertThat(counted(proxy, "state=\"" + left.state + "\"")).isBetween(LINE / 2L, LINE + 1L);
      assertThat(counted(proxy, "reason=\"handshake-limit\""))
          .isGreaterThanOrEqualTo(FLOOD - LINE - 2);
      assertThat(proxy.server.connections()).isLessThanOrEqualTo(LINE + 5);
      for (Socket each : held) {
        each.close();
      }
      await(proxy, left);
    }
  }

  private static void await(TestProxy proxy, Left left) throws Exception {
    for (int i = 0; i < 500 && counted(proxy, "state=\"" + left.state + "\"") > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(counted(proxy, "state=\"" + left.state + "\"")).isZero();
    assertThat(counted(proxy, "state=\"turn\"")).isZero();
  }

  @Test
  void manyThatMeanItAreAllServed() throws Exception {
    byte[] hello = hello();
    int clients = CONNECTIONS / 4;
    Socket[] sockets = new Socket[clients];
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(1, CONNECTIONS, backend)) {
      for (int i = 0; i < clients; i++) {
        sockets[i] = open(proxy, hello, Left.UNANSWERED);
      }
      for (Socket each : sockets) {
        each.setSoTimeout(10_000);
        assertThat(each.getInputStream().read()).as("a record of the handshake").isEqualTo(22);
        each.close();
      }
      assertThat(counted(proxy, "reason=\"handshake-limit\"")).isZero();
      await(proxy, Left.UNANSWERED);
    }
  }
}
