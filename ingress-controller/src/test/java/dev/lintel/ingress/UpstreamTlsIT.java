package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Upstreams over TLS: whose certificate is taken, what they see, and what they get.
@ExtendWith(LeakCheck.class)
class UpstreamTlsIT {
  private static final String HTTPS = "backend-protocol: HTTPS";
  private static final String SECRET = "proxy-ssl-secret: default/pair";
  private static final String VERIFY = "proxy-ssl-verify: on";
  private static final String NAME = "proxy-ssl-name: api.shop.test";
  private static final String BOTH = "proxy-ssl-protocols: TLSv1.2 TLSv1.3";

  private static TestAuthority ours;
  private static TestAuthority clients;
  private static Issued joe;

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> manifests = new ArrayList<>();
  private IngressSite site;

  @BeforeAll
  static void issue() {
    ours = TestAuthority.root("Our Servers");
    clients = TestAuthority.root("Our Clients");
    joe = clients.client("joe");
  }

  @BeforeEach
  void secrets() {
    secret("pair", joe, ours);
    secret("authorities", null, ours);
    secret("foreign", null, TestAuthority.root("Foreign"));
  }

  @AfterEach
  void stop() throws Exception {
    site.close();
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private void secret(String name, @Nullable Issued pair, TestAuthority authority) {
    Map<String, String> data = new TreeMap<>();
    if (pair != null) {
      data.put("tls.crt", pair.certificatePem());
      data.put("tls.key", pair.keyPem());
    }
    data.put("ca.crt", authority.pem());
    manifests.add(secret(name, data));
  }

  static String secret(String name, Map<String, String> data) {
    StringBuilder text =
        new StringBuilder(
                "---\napiVersion: v1\nkind: Secret\nmetadata: {namespace: default, name: ")
            .append(name)
            .append("}\nstringData:\n");
    data.forEach(
        (key, value) ->
            text.append("  ")
                .append(key)
                .append(": |\n    ")
                .append(value.strip().replace("\n", "\n    "))
                .append('\n'));
    return text.toString();
  }

  private TlsUpstream upstream(
      Issued certificate, @Nullable TestAuthority takes, String... protocols) throws Exception {
    TlsUpstream made = new TlsUpstream(certificate, takes, protocols);
    open.add(made);
    manifests.add(IngressSite.service("safe", made.port(), "127.0.0.1"));
    return made;
  }

  private void ingress(String host, String... annotations) {
    manifests.add(IngressSite.ingressTo("safe", host, annotations));
  }

  private void start() throws Exception {
    site = IngressSite.start(folder, manifests.toArray(String[]::new));
  }

  private String seen(String host, String curl) throws Exception {
    String answer = site.answer(host, "/", curl);
    return answer.startsWith("HTTP/1.1 200 ")
        ? answer.substring(answer.indexOf("connection=")).strip()
        : answer.lines().findFirst().orElse("");
  }

  private static String part(String seen, String name) {
    Matcher matcher = Pattern.compile(name + "=(\\S+)").matcher(seen);
    return matcher.find() ? matcher.group(1) : seen;
  }

  @Test
  void withoutVerificationAnyCertificateIsTakenAndNoNameIsSent() throws Exception {
    upstream(TestAuthority.root("Anybody").expiredHost("other.test"), null);
    ingress("a.test", HTTPS);
    ingress("b.test", HTTPS, SECRET, "proxy-ssl-verify: off", NAME);
    start();

    assertThat(seen("a.test", "")).contains("protocol=TLSv1.3 sni=none client=none");
    assertThat(seen("b.test", "")).contains("protocol=TLSv1.2 sni=none");
  }

  @ParameterizedTest
  @CsvSource({
    "good, authorities, api.shop.test, 200",
    "wildcard, authorities, api.shop.test, 200",
    "between, authorities, api.shop.test, 200",
    "good, foreign, api.shop.test, 502",
    "good, authorities, www.shop.test, 502",
    "good, authorities, '', 502",
    "expired, authorities, api.shop.test, 502",
    "deep, authorities, api.shop.test, 502",
    "client, authorities, api.shop.test, 502"
  })
  void withVerificationOnlyAGoodCertificateForTheNameIsTaken(
      String shown, String secret, String name, String status) throws Exception {
    Issued certificate =
        switch (shown) {
          case "wildcard" -> ours.host("*.shop.test");
          case "between" -> ours.below("between").host("api.shop.test");
          case "deep" -> ours.below("one").below("two").host("api.shop.test");
          case "expired" -> ours.expiredHost("api.shop.test");
          case "client" -> ours.named("joe", "api.shop.test");
          default -> ours.host("api.shop.test");
        };
    TlsUpstream upstream = upstream(certificate, null);
    List<String> annotations =
        new ArrayList<>(List.of(HTTPS, VERIFY, BOTH, "proxy-ssl-secret: default/" + secret));
    if (!name.isEmpty()) {
      annotations.add("proxy-ssl-name: " + name);
    }
    ingress("a.test", annotations.toArray(String[]::new));
    start();

    assertThat(site.status("a.test", "/", "-d secret=1")).isEqualTo(status);
    assertThat(upstream.requests()).hasSize(status.equals("200") ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void anUpstreamThatAsksForACertificateGetsTheOneOfTheSecret(String protocol) throws Exception {
    TlsUpstream upstream = upstream(ours.host("api.shop.test"), clients, protocol);
    ingress("with.test", HTTPS, SECRET, BOTH);
    ingress("without.test", HTTPS, "proxy-ssl-secret: default/authorities", BOTH);
    ingress("nothing.test", HTTPS);
    start();

    assertThat(part(seen("with.test", ""), "client")).isEqualTo("CN=joe");
    assertThat(site.status("without.test", "/", "")).isEqualTo("502");
    assertThat(site.status("nothing.test", "/", "")).isEqualTo("502");
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void theNameIsSentWhereThatIsAskedFor() throws Exception {
    upstream(ours.host("api.shop.test"), null);
    ingress("on.test", HTTPS, SECRET, NAME, VERIFY, "proxy-ssl-server-name: on");
    ingress("alone.test", HTTPS, NAME, "proxy-ssl-server-name: on");
    ingress("address.test", HTTPS, "proxy-ssl-name: 127.0.0.1", "proxy-ssl-server-name: on");
    start();

    assertThat(part(seen("on.test", ""), "sni")).isEqualTo("api.shop.test");
    assertThat(part(seen("alone.test", ""), "sni")).isEqualTo("api.shop.test");
    assertThat(part(seen("address.test", ""), "sni")).isEqualTo("none");
  }

  @Test
  void protocolsAreThoseThatAreAskedFor() throws Exception {
    upstream(ours.host("api.shop.test"), null, "TLSv1.3");
    ingress("usual.test", HTTPS, SECRET);
    ingress("newest.test", HTTPS, SECRET, "proxy-ssl-protocols: TLSv1.3");
    ingress("none.test", HTTPS);
    start();

    assertThat(site.status("usual.test", "/", "")).as("TLS 1.2 with a Secret").isEqualTo("502");
    assertThat(part(seen("newest.test", ""), "protocol")).isEqualTo("TLSv1.3");
    assertThat(part(seen("none.test", ""), "protocol")).isEqualTo("TLSv1.3");
  }

  @Test
  void connectionsAreKeptAndNeverSharedAcrossOtherSettings() throws Exception {
    upstream(ours.host("api.shop.test"), null);
    ingress("one.test", HTTPS, SECRET, VERIFY, NAME);
    ingress("same.test", HTTPS, SECRET, VERIFY, NAME);
    ingress("unverified.test", HTTPS, SECRET, NAME);
    ingress("named.test", HTTPS, SECRET, VERIFY, NAME, "proxy-ssl-server-name: on");
    ingress("nothing.test", HTTPS);
    start();

    Map<String, List<String>> used = new TreeMap<>();
    for (int round = 0; round < 6; round++) {
      for (String host : List.of("one", "same", "unverified", "named", "nothing")) {
        String seen = seen(host + ".test", "");
        assertThat(seen).startsWith("connection=");
        String kind = host.equals("same") ? "one" : host;
        used.computeIfAbsent(part(seen, "connection"), _ -> new ArrayList<>()).add(kind);
      }
    }
    assertThat(used.values()).allSatisfy(kinds -> assertThat(kinds).containsOnly(kinds.getFirst()));
    assertThat(used).as("each loop keeps its own, of four kinds").hasSizeLessThan(30);
  }

  @Test
  void handshakesWithAKnownUpstreamAreResumed() throws Exception {
    TlsUpstream upstream = upstream(ours.host("api.shop.test"), null);
    ingress("a.test", HTTPS, SECRET, VERIFY, NAME, BOTH);
    manifests.add(IngressSite.config("upstream-keepalive-connections: '0'"));
    start();

    assertThat(part(seen("a.test", ""), "resumed")).isEqualTo("false");
    Thread.sleep(400); // so that the upstream can tell an old session by its age
    assertThat(part(seen("a.test", ""), "resumed")).isEqualTo("true");
    assertThat(upstream.connections()).isEqualTo(2);
    assertThat(upstream.requests()).allMatch(head -> head.contains("\r\nConnection: close\r\n"));
  }

  @Test
  void aFailedHandshakeIsTriedAtAnotherEndpointWhateverTheMethod() throws Exception {
    Issued good = ours.host("api.shop.test");
    TlsUpstream first = new TlsUpstream(good, null);
    open.add(first);
    TlsUpstream other =
        new TlsUpstream("127.0.0.2", first.port(), ours.expiredHost("api.shop.test"), null);
    open.add(other);
    manifests.add(IngressSite.service("safe", first.port(), "127.0.0.1", "127.0.0.2"));
    ingress("a.test", HTTPS, SECRET, VERIFY, NAME);
    start();

    for (int i = 0; i < 8; i++) {
      assertThat(site.status("a.test", "/", "-d a=b")).isEqualTo("200");
    }
    assertThat(other.connections()).isPositive();
    assertThat(other.requests()).isEmpty();
    assertThat(first.requests()).hasSize(8);
  }

  @Test
  void bytesBeforeTheHandshakeAreNoResponse() throws Exception {
    ServerSocket liar = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(liar);
    Thread.ofVirtual().start(() -> lie(liar));
    manifests.add(IngressSite.service("safe", liar.getLocalPort(), "127.0.0.1"));
    ingress("a.test", HTTPS);
    start();

    assertThat(site.answer("a.test", "/", "")).startsWith("HTTP/1.1 502 ").doesNotContain("lie");
  }

  private static void lie(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlie"
                    .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException _) {
      // the test is over
    }
  }

  @Test
  void aResponseThatEndsWithTheConnectionHasToEndInOrder() throws Exception {
    upstream(ours.host("api.shop.test"), null);
    ingress("a.test", HTTPS);
    start();

    String curl = "curl -s -m 20 --http1.1 -H 'Host: a.test' http://127.0.0.1:" + site.httpPort();
    assertThat(Shell.run(curl + "/until-close; echo \" ended $?\"")).contains(" ended 0");
    assertThat(Shell.run(curl + "/cut; echo \" ended $?\"")).doesNotContain(" ended 0");
  }

  @Test
  void aTunnelPassesAndItsEndsAreSeen() throws Exception {
    TlsUpstream upstream = upstream(ours.host("api.shop.test"), null);
    ingress("a.test", HTTPS);
    start();

    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), site.httpPort())) {
      client.setSoTimeout(20_000);
      client
          .getOutputStream()
          .write(
              ("GET /echo HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) client.getInputStream().read());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101 ");
      client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(client.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
          .isEqualTo("hello");
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    for (int i = 0; i < 200 && upstream.tunnelsEnded() == 0; i++) {
      Thread.sleep(50);
    }
    assertThat(upstream.tunnelsEnded()).isEqualTo(1);
  }

  @Test
  void autoHttpFollowsTheClientsScheme() throws Exception {
    upstream(ours.host("api.shop.test"), null);
    ingress("a.test", "backend-protocol: AUTO_HTTP", "ssl-redirect: false");
    start();

    assertThat(part(seen("a.test", ""), "protocol")).isEqualTo("none");
    String https =
        "-k --http1.1 --resolve a.test:%1$d:127.0.0.1 https://a.test:%1$d/"
            .formatted(site.httpsPort());
    assertThat(part(Shell.answer(https), "protocol")).isEqualTo("TLSv1.3");
    assertThat(part(seen("a.test", ""), "protocol")).isEqualTo("none");
  }

  @Test
  void aRotatedSecretHoldsForNewConnectionsAndNoRequestIsLost() throws Exception {
    upstream(ours.host("api.shop.test"), clients);
    ingress("a.test", HTTPS, "proxy-ssl-secret: default/rotated", VERIFY, NAME, BOTH);
    rotate(clients.client("first"));
    start();
    assertThat(part(seen("a.test", ""), "client")).isEqualTo("CN=first");

    String url = "http://127.0.0.1:" + site.httpPort() + "/?[1-4000]";
    String curl =
        "curl -s -m 60 --http1.1 -H 'Host: a.test' --parallel --parallel-max 8 '%s'".formatted(url);
    List<String> lines = new ArrayList<>();
    Thread traffic =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    lines.addAll(Shell.run(curl).lines().toList());
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    String last = "first";
    for (int i = 0; traffic.isAlive() && i < 40; i++) {
      last = "next" + i;
      rotate(clients.client(last));
      traffic.join(Duration.ofMillis(150));
    }
    traffic.join();

    assertThat(lines).hasSize(4000).allMatch(line -> line.startsWith("connection="));
    String wanted = "CN=" + last;
    for (int i = 0; i < 100 && !part(seen("a.test", ""), "client").equals(wanted); i++) {
      Thread.sleep(50);
    }
    for (int i = 0; i < 8; i++) {
      assertThat(part(seen("a.test", ""), "client")).isEqualTo(wanted);
    }
    assertThat(lines.stream().map(line -> part(line, "client")).distinct().count())
        .as("certificates that the upstream saw under traffic")
        .isGreaterThan(1);
  }

  private void rotate(Issued pair) throws IOException {
    Map<String, String> data =
        Map.of("tls.crt", pair.certificatePem(), "tls.key", pair.keyPem(), "ca.crt", ours.pem());
    Path next = folder.resolve("rotated.next");
    Files.writeString(next, secret("rotated", new TreeMap<>(data)));
    Files.move(
        next,
        folder.resolve("rotated.yaml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
