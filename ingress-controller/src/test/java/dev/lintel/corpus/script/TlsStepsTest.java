package dev.lintel.corpus.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.corpus.script.TlsSteps.Certified;
import dev.lintel.corpus.script.TlsSteps.Connection;
import dev.lintel.corpus.script.TlsSteps.Hellos;
import dev.lintel.corpus.script.TlsSteps.KeyUpdates;
import dev.lintel.corpus.script.TlsSteps.Replay;
import dev.lintel.corpus.script.TlsSteps.Request;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TlsStepsTest {
  private static Hellos hellos(String words) {
    return (Hellos) TlsSteps.parse(words).steps().getFirst();
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
    assertThat(
            TlsSteps.parse("session ticket obtained with sni='x.test' replayed with sni='y.test'")
                .steps())
        .containsExactly(new Replay("x.test", false, false, "y.test"));
    assertThat(
            TlsSteps.parse(
                    "ticket obtained with client cert, CA removed from trust bundle, ticket"
                        + " replayed")
                .steps())
        .containsExactly(new Replay("mtls.test", true, true, "mtls.test"));
    assertThat(TlsSteps.parse("client cert with SAN 'x\\u0000y'").steps())
        .containsExactly(new Certified("x\0y"));
    assertThat(TlsSteps.parse("TLS 1.3 KeyUpdate flood 500").steps())
        .containsExactly(new KeyUpdates(500));
  }

  @Test
  void anUnknownStepIsNamed() {
    assertThatThrownBy(() -> TlsSteps.parse("a sigh"))
        .isInstanceOf(UnknownStep.class)
        .hasMessage("a sigh");
  }
}
