package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.demo.EchoBackend;
import dev.lintel.ingress.names.AddressRules;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.names.NameServer;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests for Services that are a name, and to services that are asked by name, through a whole
/// Lintel that asks a name server on loopback.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ExternalNameIT {
  private static final int PAUSE_MILLIS = 700;

  private final NameServer server;
  private EchoBackend first;
  private EchoBackend second;
  private AuthService auth;

  ExternalNameIT() throws InterruptedException {
    server = new NameServer();
  }

  @BeforeAll
  void start() throws Exception {
    first = new EchoBackend("first", new InetSocketAddress("127.0.0.2", 0));
    second = new EchoBackend("second", new InetSocketAddress("127.0.0.3", first.port()));
    auth = AuthService.start();
  }

  @AfterAll
  void stop() {
    first.close();
    second.close();
    auth.close();
    server.close();
  }

  /// A Service that stands for a name, on the port of the backends.
  private String external(String service, String name) {
    return """
    ---
    apiVersion: v1
    kind: Service
    metadata: {namespace: default, name: %s}
    spec:
      type: ExternalName
      externalName: %s
      ports: [{port: 80, targetPort: %d}]
    """
        .formatted(service, name, first.port());
  }

  private IngressSite site(Path folder, AddressRules rules, String... manifests) throws Exception {
    return IngressSite.start(
        folder,
        "off",
        changed -> new NameResolution(rules, server::patientConf, changed),
        manifests);
  }

  private static void later(String name, NameServer server, long millis, String address) {
    server.say(
        name,
        new NameServer.Said(
            DnsResponseCode.NOERROR,
            millis,
            1,
            false,
            List.of(
                new NameServer.Entry(
                    name,
                    DnsRecordType.A,
                    1,
                    java.net.InetAddress.ofLiteral(address).getAddress()))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
  void requestsWaitForTheFirstAnswerAndFollowEveryOther(String protocol, @TempDir Path folder)
      throws Exception {
    later("slow.test", server, PAUSE_MILLIS, "127.0.0.2");
    try (IngressSite site =
        site(
            folder,
            AddressRules.NONE,
            external("slow", "slow.test"),
            IngressSite.ingressTo("slow", "slow.test"))) {
      String body = "0123456789".repeat(10_000);
      Path file = Files.writeString(folder.resolve("body.txt"), body);
      long begin = System.nanoTime();
      String answer =
          site.answer("slow.test", "/a", protocol + " -H 'Expect:' --data-binary @" + file);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      assertThat(answer).contains("answered by first").contains("POST /a");
      assertThat(answer.contains(body)).isTrue();

      server.has("slow.test", 1, "127.0.0.3");
      for (int i = 0; i < 200; i++) {
        answer = site.answer("slow.test", "/", protocol);
        assertThat(answer).contains(" 200").contains("answered by");
        if (answer.contains("second")) {
          return;
        }
        Thread.sleep(20);
      }
      assertThat(answer).contains("answered by second");
    }
  }

  @Test
  void nobodyWaitsLongerThanForAConnectionAndNoConfigurationWaitsAtAll(@TempDir Path folder)
      throws Exception {
    server.ignore("silent.test");
    server.fail("broken.test", DnsResponseCode.SERVFAIL);
    long begin = System.nanoTime();
    try (IngressSite site =
        site(
            folder,
            AddressRules.NONE,
            external("silent", "silent.test"),
            external("broken", "broken.test"),
            IngressSite.ingressTo("silent", "silent.test", "proxy-connect-timeout: 1"),
            IngressSite.ingressTo("broken", "broken.test"),
            IngressSite.ingress("other.test"))) {
      assertThat(site.status("other.test", "/", "")).isEqualTo("200");
      begin = System.nanoTime();
      assertThat(site.status("silent.test", "/", "")).isEqualTo("503");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
      assertThat(site.status("broken.test", "/", "")).isEqualTo("503");
      assertThat(Shell.run("curl -s http://127.0.0.1:" + site.adminPort() + "/debug/problems"))
          .contains("Service default/broken broken.test: no name server could be asked for it");
    }
  }

  @Test
  void whoLeavesWhileItWaitsIsForgotten(@TempDir Path folder) throws Exception {
    later("late.test", server, 900, "127.0.0.2");
    try (IngressSite site =
        site(
            folder,
            AddressRules.NONE,
            external("late", "late.test"),
            IngressSite.ingressTo("late", "late.test"))) {
      for (String protocol : List.of("--http1.1", "--http2-prior-knowledge")) {
        Shell.run(
            "curl -s -m 0.1 -d left "
                + protocol
                + " -H 'Host: late.test' http://127.0.0.1:"
                + site.httpPort());
      }
      assertThat(site.status("late.test", "/", "")).isEqualTo("200");
    }
  }

  @Test
  void anAnswerThatLeadsHereIsRefusedAndSaidSo(@TempDir Path folder) throws Exception {
    server.has("evil.test", 60, "127.0.0.2", "169.254.169.254");
    try (IngressSite site =
        site(
            folder,
            AddressRules.ofPod(Set.of(), 0, Map.of()),
            external("evil", "evil.test"),
            IngressSite.ingressTo("evil", "evil.test"))) {
      assertThat(site.status("evil.test", "/", "")).isEqualTo("503");
      String problems =
          Shell.run("curl -s http://127.0.0.1:" + site.adminPort() + "/debug/problems");
      assertThat(problems)
          .contains("Service default/evil address 127.0.0.2: is an address of this machine")
          .contains("Service default/evil address 169.254.169.254: is an address of this machine")
          .contains("nothing is sent there");
    }
  }

  @Test
  void aServiceThatIsAskedByNameIsWaitedForToo(@TempDir Path folder) throws Exception {
    later("auth.test", server, PAUSE_MILLIS, "127.0.0.1");
    try (IngressSite site =
        site(
            folder,
            AddressRules.NONE,
            IngressSite.ingress(
                "guarded.test", "auth-url: http://auth.test:" + auth.port() + "/allow"),
            IngressSite.ingress("open.test"))) {
      assertThat(site.status("guarded.test", "/", "")).isEqualTo("200");
      assertThat(auth.seen("/allow")).hasSize(1);
    }
  }
}
