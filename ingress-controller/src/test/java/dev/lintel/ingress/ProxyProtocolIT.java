package dev.lintel.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The PROXY protocol on the ports of HTTP and HTTPS. 127.0.0.1 is a trusted proxy in front,
/// 127.0.0.2 is not.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ProxyProtocolIT {
  private static final String CLIENT = "203.0.113.7";
  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: open.test\r\nConnection: close\r\n\r\n";
  private static final Duration WRITTEN = Duration.ofSeconds(10);

  private Path log;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder, @TempDir Path logs) throws Exception {
    log = logs.resolve("access.log");
    site =
        IngressSite.startLogging(
            folder,
            log.toString(),
            IngressSite.config(
                "use-proxy-protocol: 'true'",
                "proxy-real-ip-cidr: 127.0.0.1, 10.0.0.0/8",
                "proxy-protocol-header-timeout: '1'",
                "use-forwarded-headers: 'true'",
                "log-format-upstream: '$remote_addr $proxy_protocol_addr $realip_remote_addr"
                    + " $remote_port $request_uri'"),
            IngressSite.ingress("open.test"),
            IngressSite.ingress("list.test", "allowlist-source-range: 203.0.113.0/24"),
            IngressSite.ingress("rate.test", "limit-rpm: 1", "limit-burst-multiplier: 1"),
            IngressSite.ingress("safe.test", "force-ssl-redirect: true"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private static List<byte[]> headers(String source, int destinationPort) {
    String destination = source.contains(":") ? "2001:db8::1" : "198.51.100.1";
    return List.of(
        HeaderRelay.one(source, destination, 4711, destinationPort),
        HeaderRelay.two(source, destination, 4711, destinationPort));
  }

  /// Sends pieces one after the other, and returns all that comes until the end.
  private static String exchange(int port, String from, byte[]... pieces) throws Exception {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        for (int i = 0; i < pieces.length; i++) {
          if (i > 0) {
            Thread.sleep(2); // so that it comes in a read of its own
          }
          socket.getOutputStream().write(pieces[i]);
        }
        socket.getInputStream().transferTo(answer);
      } catch (IOException e) {
        if (e instanceof java.net.SocketTimeoutException) {
          throw e;
        }
        // reset: what came is what there is
      }
      return answer.toString(ISO_8859_1);
    }
  }

  private String ask(byte[]... pieces) throws Exception {
    return exchange(site.httpPort(), "127.0.0.1", pieces);
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @Test
  void theHeaderMayComeInAnyTwoPieces() throws Exception {
    for (byte[] header : headers(CLIENT, 80)) {
      byte[] all = join(header, bytes(REQUEST));
      for (int cut = 1; cut <= header.length + 1; cut++) {
        assertThat(ask(Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length)))
            .as("cut at %d", cut)
            .startsWith("HTTP/1.1 200")
            .contains("X-real-ip: " + CLIENT + "\n");
      }
    }
  }

  @Test
  void theHeaderMayComeByteByByteAndWithAllThatFollows() throws Exception {
    for (byte[] header : headers("2001:db8:2::7", 80)) {
      byte[][] single = new byte[header.length + 1][];
      for (int i = 0; i < header.length; i++) {
        single[i] = new byte[] {header[i]};
      }
      single[header.length] = bytes(REQUEST);
      assertThat(ask(single)).contains("X-real-ip: 2001:db8:2:0:0:0:0:7\n");
      assertThat(ask(join(header, bytes(REQUEST)))).contains("X-real-ip: 2001:db8:2:0:0:0:0:7\n");
    }
  }

  @Test
  void bothVersionsOfHttpStandBehindItPlainAndWithTls() throws Exception {
    for (byte[] header : headers(CLIENT, 8080)) {
      for (boolean tls : new boolean[] {false, true}) {
        try (HeaderRelay relay =
            new HeaderRelay(tls ? site.httpsPort() : site.httpPort(), header)) {
          for (boolean h2 : new boolean[] {false, true}) {
            String version = !h2 ? "--http1.1" : tls ? "--http2" : "--http2-prior-knowledge";
            String answer =
                Shell.answer(
                    version
                        + " -k -H 'Host: open.test' "
                        + (tls ? "https" : "http")
                        + "://127.0.0.1:"
                        + relay.port()
                        + "/");
            assertThat(answer)
                .as("%s, TLS %s", version, tls)
                .startsWith(h2 ? "HTTP/2 200" : "HTTP/1.1 200")
                .contains("X-real-ip: " + CLIENT + "\n", "X-forwarded-for: " + CLIENT + "\n")
                .contains("X-forwarded-port: 8080\n")
                .contains("X-forwarded-proto: " + (tls ? "https" : "http") + "\n");
          }
        }
      }
    }
  }

  @Test
  void curlsOwnHeaderIsRead() throws Exception {
    assertThat(site.answer("open.test", "/", "--haproxy-protocol"))
        .startsWith("HTTP/1.1 200")
        .contains("X-real-ip: 127.0.0.1\n");
  }

  @Test
  void guardsLimitsAndTheLogSeeTheClient() throws Exception {
    try (HeaderRelay in = new HeaderRelay(site.httpPort(), headers(CLIENT, 80).get(1));
        HeaderRelay out = new HeaderRelay(site.httpPort(), headers("198.51.100.9", 80).get(0))) {
      assertThat(status(in, "list.test", "/")).isEqualTo("200");
      assertThat(status(out, "list.test", "/")).isEqualTo("403");
      assertThat(status(in, "rate.test", "/")).isEqualTo("200");
      status(in, "rate.test", "/"); // the burst
      assertThat(status(in, "rate.test", "/")).isEqualTo("503");
      assertThat(status(out, "rate.test", "/")).isEqualTo("200");
      status(out, "open.test", "/who");
      assertLogged("198.51.100.9 198.51.100.9 127.0.0.1 4711 /who");
    }
  }

  private static String status(HeaderRelay relay, String host, String path) throws Exception {
    return Shell.status("-H 'Host: " + host + "' http://127.0.0.1:" + relay.port() + path);
  }

  private void assertLogged(String line) throws Exception {
    long until = System.nanoTime() + WRITTEN.toNanos();
    while (!Files.readString(log).contains(line) && System.nanoTime() < until) {
      Thread.sleep(20);
    }
    assertThat(Files.readString(log)).contains(line);
  }

  @Test
  void port443MeansThatTheClientSpeaksTls() throws Exception {
    try (HeaderRelay plain = new HeaderRelay(site.httpPort(), headers(CLIENT, 80).get(0));
        HeaderRelay opened = new HeaderRelay(site.httpPort(), headers(CLIENT, 443).get(0))) {
      assertThat(status(plain, "safe.test", "/")).isEqualTo("308");
      assertThat(Shell.answer("-H 'Host: safe.test' http://127.0.0.1:" + opened.port() + "/"))
          .startsWith("HTTP/1.1 200")
          .contains("X-forwarded-proto: https\n", "X-forwarded-port: 443\n");
    }
  }

  @Test
  void aFieldIsBelievedOfAClientThatIsAProxyItself() throws Exception {
    String field = "-H 'Host: open.test' -H 'X-Forwarded-For: 192.0.2.9' http://127.0.0.1:";
    try (HeaderRelay proxy = new HeaderRelay(site.httpPort(), headers("10.1.2.3", 80).get(0));
        HeaderRelay client = new HeaderRelay(site.httpPort(), headers(CLIENT, 80).get(0))) {
      assertThat(Shell.answer(field + proxy.port() + "/")).contains("X-real-ip: 192.0.2.9\n");
      assertThat(Shell.answer(field + client.port() + "/")).contains("X-real-ip: " + CLIENT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN\r\n",
        "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0",
        "\r\n\r\n\0\r\nQUIT\n\u0021\0\0\0"
      })
  void aHeaderThatSaysNothingLeavesTheProxy(String header) throws Exception {
    assertThat(ask(bytes(header + REQUEST))).contains("X-real-ip: 127.0.0.1\n");
  }

  @Test
  void aStrangersHeaderClosesTheConnection() throws Exception {
    for (int port : new int[] {site.httpPort(), site.httpsPort()}) {
      for (byte[] header : headers(CLIENT, 80)) {
        assertThat(exchange(port, "127.0.0.2", join(header, bytes(REQUEST)))).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "PROXY TCP4 203.0.113.7 198.51.100.1 4711 080\r\n",
        "PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\n",
        "\r\n\r\n\0\r\nQUIT\n\u0011\0\0\0",
        "\u0016\u0003\u0001"
      })
  void withoutARightHeaderTheConnectionIsClosed(String header) throws Exception {
    assertThat(ask(bytes(header + REQUEST))).isEmpty();
    assertThat(exchange(site.httpsPort(), "127.0.0.1", bytes(header + REQUEST))).isEmpty();
  }

  @Test
  void aHeaderThatTakesTooLongClosesTheConnection() throws Exception {
    for (byte[] header : headers(CLIENT, 80)) {
      long begin = System.nanoTime();
      assertThat(ask(Arrays.copyOf(header, header.length - 1))).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
    }
  }
}
