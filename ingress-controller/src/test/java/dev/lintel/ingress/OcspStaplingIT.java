package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.TlsClient.Visit;
import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import dev.lintel.tls.TestResponder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// OCSP answers in handshakes, from a responder that behaves well, badly or not at all.
@ExtendWith(LeakCheck.class)
class OcspStaplingIT {
  private static final String HOST = "shop.test";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String ON = IngressSite.config("enable-ocsp: 'true'");
  private static final String SECRET =
      """
      ---
      apiVersion: v1
      kind: Secret
      metadata: {namespace: default, name: shop}
      type: kubernetes.io/tls
      data: {tls.crt: %s, tls.key: %s}
      """;

  private final TestAuthority authority = TestAuthority.root("Root").below("Issuer");
  private TestResponder responder;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    responder = new TestResponder(authority);
  }

  @AfterEach
  void stop() {
    responder.close();
  }

  private IngressSite site(String config) throws Exception {
    Issued issued = authority.host(HOST, responder.url());
    String ingress =
        IngressSite.ingress(HOST)
            .replace("  rules:", "  tls: [{hosts: [" + HOST + "], secretName: shop}]\n  rules:");
    return IngressSite.start(
        folder,
        config,
        SECRET.formatted(base64(issued.certificatePem()), base64(issued.keyPem())),
        ingress);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Visit visit(IngressSite site, String protocol) throws Exception {
    return new TlsClient().visit(site.httpsPort(), HOST, protocol);
  }

  private static Visit await(IngressSite site, String protocol, Predicate<Visit> fits)
      throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    Visit visit = visit(site, protocol);
    while (!fits.test(visit) && System.nanoTime() < until) {
      Thread.sleep(20);
      visit = visit(site, protocol);
    }
    return visit;
  }

  private void awaitQuestion() throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (responder.questions.get() == 0 && System.nanoTime() < until) {
      Thread.sleep(10);
    }
    assertThat(responder.questions.get()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theAnswerComesWithTheCertificateAndIsAskedForOnce(String protocol) throws Exception {
    try (IngressSite site = site(ON)) {
      Visit visit = await(site, protocol, each -> !each.staples().isEmpty());

      assertThat(visit.staples()).containsExactly(responder.answer);
      assertThat(visit.status()).isEqualTo(200);
      assertThat(responder.questions.get()).isEqualTo(1);
    }
  }

  @Test
  void nobodyIsAskedUnlessThatIsWanted() throws Exception {
    try (IngressSite site = site("")) {
      Thread.sleep(500);
      assertThat(visit(site, "TLSv1.3").staples()).isEmpty();
      assertThat(responder.questions.get()).isZero();
    }
  }

  @Test
  void noHandshakeWaitsForTheAnswer() throws Exception {
    responder.hangs = true;
    try (IngressSite site = site(ON)) {
      awaitQuestion();
      visit(site, "TLSv1.3"); // classes are loaded
      long start = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        Visit visit = visit(site, "TLSv1.3");
        assertThat(visit.staples()).isEmpty();
        assertThat(visit.status()).isEqualTo(200);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoked", "forged", "over", "status"})
  void anAnswerThatIsNoGoodIsNotStapled(String fault) throws Exception {
    switch (fault) {
      case "revoked" -> responder.revokes = true;
      case "forged" -> responder.signer = TestAuthority.root("Issuer");
      case "over" -> responder.validity = Duration.ofDays(-1);
      default -> responder.status = 500;
    }
    try (IngressSite site = site(ON)) {
      awaitQuestion();
      Thread.sleep(500); // the answer is judged after it came
      assertThat(visit(site, "TLSv1.3").staples()).isEmpty();
      assertThat(visit(site, "TLSv1.2").staples()).isEmpty();
    }
  }

  @Test
  void anAnswerIsStapledAsLongAsItHolds() throws Exception {
    responder.validity = Duration.ofSeconds(4);
    try (IngressSite site = site(ON)) {
      assertThat(await(site, "TLSv1.3", each -> !each.staples().isEmpty()).staples()).isNotEmpty();
      responder.hangs = true;
      assertThat(await(site, "TLSv1.3", each -> each.staples().isEmpty()).staples()).isEmpty();
    }
  }
}
