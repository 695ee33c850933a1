package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.RevocationInquiry;
import dev.lintel.tls.ServedCertificate;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import dev.lintel.tls.TestResponder;
import dev.lintel.tls.TicketKeys;
import dev.lintel.tls.TlsPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OcspStaplesTest {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofHours(1);

  private final TestAuthority authority = TestAuthority.root("Root").below("Issuer");

  private KeyMaterial material(String responder) throws Exception {
    Issued issued = authority.host("shop.test", responder);
    return KeyMaterial.parse(
        issued.certificatePem().getBytes(StandardCharsets.US_ASCII),
        issued.keyPem().getBytes(StandardCharsets.US_ASCII));
  }

  private static void awaitQuestions(TestResponder responder, int number) throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (responder.questions.get() < number && System.nanoTime() < until) {
      Thread.sleep(10);
    }
    assertThat(responder.questions.get()).isGreaterThanOrEqualTo(number);
  }

  @Test
  void asksAgainAfterAnAnswerAndAfterAFailure() throws Exception {
    try (TestResponder responder = new TestResponder(authority);
        SslContexts contexts = new SslContexts(TicketKeys.random())) {
      ServedCertificate served = contexts.of(material(responder.url()), TlsPolicy.INTERMEDIATE);
      OcspFetch fetch = new OcspFetch(false, Duration.ofSeconds(2));
      try (OcspStaples staples = new OcspStaples(fetch, new OcspStaples.Pace(SHORT, LONG))) {
        staples.serve(List.of(served));
        awaitQuestions(responder, 3);
      }
      responder.questions.set(0);
      responder.status = 500;
      try (OcspStaples staples = new OcspStaples(fetch, new OcspStaples.Pace(LONG, SHORT))) {
        staples.serve(List.of(served));
        awaitQuestions(responder, 3);
        staples.serve(List.of());
        Thread.sleep(300);
        int last = responder.questions.get();
        Thread.sleep(300);
        assertThat(responder.questions.get()).as("of a certificate that is gone").isEqualTo(last);
      }
    }
  }

  @Test
  void aResponderOfThisHostIsNotAsked() throws Exception {
    try (TestResponder responder = new TestResponder(authority)) {
      RevocationInquiry inquiry = inquiry(responder.url());
      OcspFetch fetch = new OcspFetch(true, Duration.ofSeconds(2));

      assertThatThrownBy(() -> fetch.answer(inquiry))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refused");
      for (String url :
          List.of(
              "http://localhost:1/",
              "http://[::1]:1/",
              "http://169.254.169.254/latest",
              "http://0.0.0.0:1/",
              "http://2130706433:1/")) {
        RevocationInquiry other = inquiry(url);
        assertThatThrownBy(() -> fetch.answer(other)).as(url).isInstanceOf(IOException.class);
      }
      assertThat(responder.questions.get()).isZero();
      assertThat(inquiry.check(new OcspFetch(false, Duration.ofSeconds(2)).answer(inquiry)))
          .as("the same where that is allowed")
          .isNotNull();
    }
  }

  @Test
  void onlyPlainHttpIsAsked() throws Exception {
    OcspFetch fetch = new OcspFetch(false, Duration.ofSeconds(2));
    for (String url : List.of("https://a.test/", "file:///etc/passwd", "http://u@a.test/", "/a")) {
      RevocationInquiry inquiry = inquiry(url);
      assertThatThrownBy(() -> fetch.answer(inquiry))
          .as(url)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no http URL");
    }
  }

  private RevocationInquiry inquiry(String url) throws Exception {
    return Objects.requireNonNull(RevocationInquiry.of(material(url)));
  }
}
