package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may resume a TLS session where: clients before two processes that know nothing of each other
/// but the same manifests.
@ExtendWith(LeakCheck.class)
class TlsSessionsIT {
  private static final String HOST = "shop.test";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String CLASS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: nginx}
      spec: {controller: k8s.io/ingress-nginx}
      """;
  private static final String SECRET =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: ingress-nginx, name: tickets}
      stringData: {ticket.key: "%s"}
      """;
  private static final String NAMED = "ssl-session-ticket-secret: ingress-nginx/tickets";

  @TempDir private Path folder;

  private void write(String... manifests) throws IOException {
    Path next = folder.resolve(".next");
    Files.writeString(next, CLASS + String.join("", manifests));
    Files.move(next, folder.resolve("site.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String secret(String digit) {
    return SECRET.formatted(digit.repeat(40));
  }

  /// There is no Service: what matters here is over before one is looked for.
  private static String ingress(String... annotations) {
    return IngressSite.ingress(HOST, annotations);
  }

  private LintelProcess serve() throws IOException {
    return LintelProcess.start(
        "serve",
        folder.toString(),
        "--http-port=0",
        "--https-port=0",
        "--admin-port=0",
        "--access-log-path=off");
  }

  /// Asked again and again with new sessions, until one that was begun at the first port is resumed
  /// at the second, or is no more.
  private static boolean isResumed(Relay relay, int first, int second, boolean wanted)
      throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    boolean resumed;
    do {
      TlsClient client = new TlsClient();
      relay.target = first;
      assertThat(client.visit(relay.port(), HOST, "TLSv1.3").resumed()).isFalse();
      relay.target = second;
      resumed = client.visit(relay.port(), HOST, "TLSv1.3").resumed();
    } while (resumed != wanted && System.nanoTime() < until);
    return resumed;
  }

  @Test
  void aSessionOfOneProcessIsResumedAtAnotherWithTheSameSecretOnly() throws Exception {
    write(secret("1"), IngressSite.config(NAMED), ingress());
    try (LintelProcess one = serve();
        LintelProcess two = serve();
        Relay relay = new Relay()) {
      int here = one.ports()[1];
      int there = two.ports()[1];
      assertThat(isResumed(relay, here, there, true)).isTrue();
      assertThat(isResumed(relay, there, here, true)).isTrue();
      TlsClient old = new TlsClient();
      relay.target = here;
      old.visit(relay.port(), HOST, "TLSv1.3");

      write(secret("2"), IngressSite.config(NAMED), ingress());
      long until = System.nanoTime() + PATIENCE.toNanos();
      boolean resumed = true;
      while (resumed && System.nanoTime() < until) {
        resumed = old.visit(relay.port(), HOST, "TLSv1.3").resumed();
      }
      assertThat(resumed).as("another secret ends the sessions of the first").isFalse();
      assertThat(isResumed(relay, here, there, true)).isTrue();

      write(IngressSite.config(NAMED), ingress());
      assertThat(isResumed(relay, here, there, false))
          .as("without the Secret each has keys of its own")
          .isFalse();
      assertThat(isResumed(relay, here, here, true)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ssl-session-timeout: 10m | true | true",
        "ssl-session-tickets: 'false' | true | false",
        "ssl-session-cache: 'false' | false | true",
        "ssl-session-cache: 'false'; ssl-session-tickets: 'true' | true | true",
        "ssl-session-timeout: 1s | false | true"
      })
  void theConfigMapSaysWhatIsResumed(String lines, boolean in12, boolean in13) throws Exception {
    try (IngressSite site =
        IngressSite.start(folder, IngressSite.config(lines.split("; ")), ingress())) {
      TlsClient client = new TlsClient();
      for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
        assertThat(client.visit(site.httpsPort(), HOST, protocol).resumed()).isFalse();
        Thread.sleep(lines.endsWith("1s") ? 2_100 : 0);
        assertThat(client.visit(site.httpsPort(), HOST, protocol).resumed())
            .as(protocol)
            .isEqualTo(protocol.equals("TLSv1.2") ? in12 : in13);
        client = new TlsClient();
      }
    }
  }

  @Test
  void tls12ResumesFromTheCacheOfOneProcess() throws Exception {
    write(secret("1"), IngressSite.config(NAMED), ingress());
    try (LintelProcess one = serve();
        LintelProcess two = serve();
        Relay relay = new Relay()) {
      TlsClient client = new TlsClient();
      relay.target = one.ports()[1];
      assertThat(client.visit(relay.port(), HOST, "TLSv1.2").resumed()).isFalse();
      assertThat(client.visit(relay.port(), HOST, "TLSv1.2").resumed()).isTrue();
      relay.target = two.ports()[1];
      assertThat(client.visit(relay.port(), HOST, "TLSv1.2").resumed()).isFalse();
    }
  }
}
