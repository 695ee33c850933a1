package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// TLS that is passed on unopened, beside hosts whose TLS is opened, on one port.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class PassthroughIT {
  private static final String PASSES = "ssl-passthrough: true";

  private final TestAuthority authority = TestAuthority.root("passthrough");
  private Path folder;
  private Path elsewhere;
  private Path ca;
  private TlsUpstream upstream;
  private HelloRelay behindHeaders;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path served, @TempDir Path other) throws Exception {
    folder = served;
    elsewhere = other;
    ca = Files.writeString(other.resolve("ca.pem"), authority.pem());
    upstream = new TlsUpstream(authority.host("pass.test"), null);
    behindHeaders = HelloRelay.takingHeaders(upstream.port());
    site =
        IngressSite.start(
            folder,
            IngressSite.service("tls", upstream.port(), "127.0.0.1"),
            IngressSite.service("told", behindHeaders.port(), "127.0.0.1"),
            IngressSite.ingressTo("tls", "pass.test", PASSES),
            IngressSite.ingressTo(
                "tls", "guarded.test", PASSES, "allowlist-source-range: 10.0.0.0/8"),
            withProxy("one.test", "v1"),
            withProxy("two.test", "v2"),
            IngressSite.ingressTo("tls", "wild.test", PASSES)
                .replace("host: wild.test", "host: '*.wild.test'"),
            IngressSite.ingress("open.wild.test"),
            IngressSite.ingress("open.test"));
  }

  private static String withProxy(String host, String version) {
    return IngressSite.ingressTo("told", host, PASSES)
        .replace(
            "    kubernetes.io/description:",
            "    lintel.dev/ssl-passthrough-proxy-protocol: "
                + version
                + "\n    kubernetes.io/description:");
  }

  @AfterAll
  void stop() throws Exception {
    site.close();
    behindHeaders.close();
    upstream.close();
  }

  /// @param trust arguments that say which certificates are taken
  private static String ask(int port, String host, String trust) throws Exception {
    return Shell.answer(
        "--http1.1 "
            + trust
            + " --resolve "
            + host
            + ":"
            + port
            + ":127.0.0.1 https://"
            + host
            + ":"
            + port
            + "/");
  }

  private String verified() {
    return "--cacert " + ca;
  }

  @Test
  void theUpstreamsOwnCertificateIsShownBesideThoseOpenedHere() throws Exception {
    assertThat(ask(site.httpsPort(), "pass.test", verified()))
        .startsWith("HTTP/1.1 200")
        .contains("sni=pass.test");
    assertThat(ask(site.httpsPort(), "PASS.test", verified())).contains("200");
    int before = upstream.connections();
    assertThat(ask(site.httpsPort(), "open.test", verified())).isEmpty();
    assertThat(ask(site.httpsPort(), "open.test", "-k"))
        .startsWith("HTTP/1.1 200")
        .contains("answered by web");
    assertThat(ask(site.httpsPort(), "nobody.test", "-k")).startsWith("HTTP/1.1 404");
    assertThat(Shell.answer("-k -H 'Host: open.test' https://127.0.0.1:" + site.httpsPort() + "/"))
        .contains("answered by web");
    assertThat(upstream.connections()).isEqualTo(before);
  }

  @Test
  void theHelloMayComeInAnyPieces() throws Exception {
    for (HelloRelay.Begin begin :
        new HelloRelay.Begin[] {HelloRelay::slowly, HelloRelay::inRecords}) {
      try (HelloRelay relay = new HelloRelay(site.httpsPort(), begin)) {
        assertThat(ask(relay.port(), "pass.test", verified())).contains("sni=pass.test");
        assertThat(ask(relay.port(), "open.test", "-k")).contains("answered by web");
      }
    }
  }

  @Test
  void aWildcardLeavesHostsOfTheirOwnAlone() throws Exception {
    assertThat(ask(site.httpsPort(), "a.wild.test", "-k")).contains("sni=a.wild.test");
    assertThat(ask(site.httpsPort(), "open.wild.test", "-k")).contains("answered by web");
    assertThat(ask(site.httpsPort(), "a.b.wild.test", "-k")).startsWith("HTTP/1.1 404");
  }

  @Test
  void theUpstreamMayHaveAProxyHeader() throws Exception {
    assertThat(ask(site.httpsPort(), "one.test", "-k")).contains("sni=one.test");
    assertThat(behindHeaders.headers().getLast())
        .matches("PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ " + site.httpsPort());
    assertThat(ask(site.httpsPort(), "two.test", "-k")).contains("sni=two.test");
    assertThat(behindHeaders.headers().getLast())
        .matches("0d0a0d0a000d0a515549540a2111000c7f0000017f000001[0-9a-f]{4}[0-9a-f]{4}");
  }

  @Test
  void whoseGuardsNobodyCouldCarryOutIsClosed() throws Exception {
    int before = upstream.connections();
    assertThat(ask(site.httpsPort(), "guarded.test", "-k")).isEmpty();
    assertThat(upstream.connections()).isEqualTo(before);
  }

  @Test
  void plainHttpOnThatPortIsStillTold() throws Exception {
    assertThat(Shell.answer("http://127.0.0.1:" + site.httpsPort() + "/"))
        .startsWith("HTTP/1.1 400")
        .contains("plain HTTP request was sent to HTTPS port");
  }

  @Test
  void editsMoveNewConnectionsAndLeaveOpenOnes() throws Exception {
    publish(IngressSite.ingressTo("tls", "moved.test", PASSES));
    await("moved.test", "sni=moved.test");
    int port = site.httpsPort();
    // One connection with a pause in it, long enough for the edit.
    Thread edit =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(700);
                    publish(IngressSite.ingress("moved.test"));
                    await("moved.test", "answered by web");
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    String url = "https://moved.test:" + port + "/ ";
    String each = "-s -k --http1.1 --resolve moved.test:" + port + ":127.0.0.1 ";
    String said =
        Shell.run(
            "(echo; sleep 3) | curl -m 20 "
                + each
                + "-T - -H 'Expect:' "
                + url
                + " ; curl -m 20 "
                + each
                + url);
    edit.join();
    assertThat(said).contains("sni=moved.test", "answered by web");
  }

  private void publish(String ingress) throws Exception {
    Path made = Files.writeString(elsewhere.resolve("moved.yaml"), ingress);
    Files.move(made, folder.resolve("moved.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private void await(String host, String text) throws Exception {
    long until = System.nanoTime() + 10_000_000_000L;
    while (!ask(site.httpsPort(), host, "-k").contains(text)) {
      assertThat(System.nanoTime()).as("waiting for " + text).isLessThan(until);
      Thread.sleep(50);
    }
  }

  @Test
  void aProxyHeaderMayStandBeforeTheHello(@TempDir Path own) throws Exception {
    try (IngressSite other =
            IngressSite.start(
                own,
                IngressSite.config("use-proxy-protocol: 'true'", "proxy-real-ip-cidr: 127.0.0.1"),
                IngressSite.service("told", behindHeaders.port(), "127.0.0.1"),
                withProxy("one.test", "v1"),
                IngressSite.ingress("open.test"));
        HeaderRelay relay =
            new HeaderRelay(
                other.httpsPort(), HeaderRelay.two("203.0.113.7", "198.51.100.1", 4711, 443))) {
      assertThat(ask(relay.port(), "one.test", "-k")).contains("sni=one.test");
      assertThat(behindHeaders.headers().getLast())
          .isEqualTo("PROXY TCP4 203.0.113.7 198.51.100.1 4711 443");
      assertThat(ask(relay.port(), "open.test", "-k")).contains("X-real-ip: 203.0.113.7\n");
    }
  }
}
