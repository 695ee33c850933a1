package dev.lintel.corpus.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.corpus.script.TlsSteps.Certified;
import dev.lintel.corpus.script.TlsSteps.Connection;
import dev.lintel.corpus.script.TlsSteps.EarlyData;
import dev.lintel.corpus.script.TlsSteps.Hellos;
import dev.lintel.corpus.script.TlsSteps.KeyUpdates;
import dev.lintel.corpus.script.TlsSteps.Obtain;
import dev.lintel.corpus.script.TlsSteps.Offer;
import dev.lintel.corpus.script.TlsSteps.Request;
import dev.lintel.corpus.script.TlsSteps.Step;
import dev.lintel.corpus.script.TlsSteps.Trust;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsStepsTest {
  private static Hellos hellos(String words) {
    return (Hellos) TlsSteps.parse(words).steps().getFirst();
  }

  private static List<Step> steps(String words) {
    return TlsSteps.parse(words).steps();
  }

  @Test
  void aHelloHasTheNameByteByByte() {
    byte[] hello = hellos("ClientHello sni='x.test\\u0000.y'").bytes().getFirst();
    assertThat(new String(hello, StandardCharsets.ISO_8859_1)).contains("x.test\0.y");
    assertThat(hellos("ALPN offers only 'a','b/1'").bytes()).hasSize(1);
    assertThat(hellos("TLS 1.0 / 1.1 ClientHello").bytes()).hasSize(2);
    assertThat(hellos("ClientHello length 8 MiB announced, 20 bytes sent").bytes().getFirst())
        .hasSize(5 + 4 + 20);
  }

  @Test
  void requestsFollowAConnection() {
    assertThat(TlsSteps.parse("ClientHello sni='a.test' ; GET /x Host: b.test").steps())
        .containsExactly(new Connection("a.test", false), new Request("GET", "/x", "b.test"));
    assertThat(TlsSteps.parse("h2 connection sni='b.test' ; stream 5 :authority=a.test").steps())
        .containsExactly(new Connection("b.test", true), new Request("GET", "/g", "a.test"));
  }

  @Test
  void sessionsAreOfferedElsewhere() {
    assertThat(steps("session ticket obtained with sni='x.test' replayed with sni='y.test'"))
        .containsExactly(new Obtain("x.test", false), new Offer("y.test", false));
    assertThat(
            steps(
                "ticket obtained with client cert, CA removed from trust bundle, ticket replayed"))
        .containsExactly(
            new Obtain("mtls.test", true), new Trust(false), new Offer("mtls.test", false));
    assertThat(
            steps(
                "CA removed from the trust bundle; session obtained with sni='x.test' and client"
                    + " certificate, replayed, then CA put back into trust bundle, replayed with"
                    + " client cert and sni='y.test'"))
        .containsExactly(
            new Trust(false),
            new Obtain("x.test", true),
            new Offer("x.test", false),
            new Trust(true),
            new Offer("y.test", true));
  }

  @Test
  void aRequestIsSentEarly() {
    assertThat(steps("TLS 1.3 early_data with PUT"))
        .containsExactly(new EarlyData("a.test", "PUT", "/g", "a.test"));
    assertThat(
            steps(
                "ticket obtained with sni='x.test'; early data with GET /e Host: y.test; early_data"
                    + " with POST, sni='z.test'"))
        .containsExactly(
            new Obtain("x.test", false),
            new EarlyData("x.test", "GET", "/e", "y.test"),
            new EarlyData("z.test", "POST", "/g", "z.test"));
    assertThat(new EarlyData("", "GET", "/e", "y.test").request())
        .isEqualTo("GET /e HTTP/1.1\r\nHost: y.test\r\n\r\n");
    assertThat(new EarlyData("", "PUT", "/e", "y.test").request())
        .endsWith("Content-Length: 5\r\n\r\nearly");
  }

  @Test
  void clientsHaveCertificatesAndChangeKeys() {
    assertThat(steps("client cert with SAN 'x\\u0000y'")).containsExactly(new Certified("x\0y"));
    assertThat(steps("TLS 1.3 KeyUpdate flood 500")).containsExactly(new KeyUpdates(500));
  }

  @Test
  void anUnknownStepIsNamed() {
    assertThatThrownBy(() -> TlsSteps.parse("a sigh"))
        .isInstanceOf(UnknownStep.class)
        .hasMessage("a sigh");
    assertThatThrownBy(() -> TlsSteps.parse("ticket obtained with sni='x.test', a sigh, replayed"))
        .isInstanceOf(UnknownStep.class)
        .hasMessage("a sigh, replayed");
    assertThatThrownBy(() -> TlsSteps.parse("ticket obtained with sni='x.test' replayedly"))
        .isInstanceOf(UnknownStep.class)
        .hasMessage("replayedly");
  }
}
