package dev.lintel.corpus.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.cases.Expected;
import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Handshake.EarlyData;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.fixture.Route;
import dev.lintel.corpus.fixture.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// That verdicts can fail.
class VerdictTest {
  private static final String CLEAR = "GET /g HTTP/1.1\r\nHost: a.test\r\n\r\n";
  private static final String UNCLEAR = "GET /g HTTP/1.1\nHost: a.test\n\n";

  private String raw = CLEAR;
  private End end = End.OPEN;
  private List<Integer> resets = List.of();
  private @Nullable Integer goAway;
  private long grown;
  private List<Handshake> handshakes = List.of();
  private List<Seen> seen = List.of();

  private @Nullable String fault(String verdict, int... statuses) {
    CorpusCase what =
        new CorpusCase(
            "",
            "",
            CorpusCase.Kind.H1,
            raw,
            verdict,
            Expected.ANYTHING,
            List.of(),
            List.of(),
            null,
            null,
            null);
    List<Answer> answers = new ArrayList<>();
    for (int status : statuses) {
      answers.add(new Answer(status, "HTTP/1.1 " + status, "", true));
    }
    return Objects.requireNonNull(Verdict.of(verdict), verdict)
        .fault(
            new Outcome(
                what,
                raw,
                "",
                answers,
                end,
                resets,
                goAway,
                true,
                seen,
                List.of(),
                handshakes,
                grown));
  }

  @Test
  void aRefusalHasOneOfItsStatuses() {
    assertThat(fault("reject-404", 404)).isNull();
    assertThat(fault("reject-404", 400)).isNotNull();
    assertThat(fault("reject-404")).isNotNull();
    assertThat(fault("reject-404", 404, 404)).isNotNull();
    assertThat(fault("reject-431-or-400", 400)).isNull();
    assertThat(fault("reject-4xx-or-close", 417)).isNull();
    assertThat(fault("reject-4xx-or-close", 502)).isNotNull();
    assertThat(fault("reject-401-and-close", 401)).isNull();
  }

  @Test
  void aCloseIsNoAnswerUnlessTheVerdictSaysSo() {
    end = End.CLOSED;
    assertThat(fault("reject-408-or-close")).isNull();
    assertThat(fault("reject-400")).isNotNull();
    end = End.OPEN;
    assertThat(fault("reject-408-or-close")).isNotNull();
  }

  @Test
  void whereFramingIsInDoubtTheConnectionCloses() {
    raw = UNCLEAR;
    assertThat(fault("reject-400", 400)).contains("stays open");
    end = End.CLOSED;
    assertThat(fault("reject-400", 400)).isNull();
    end = End.RESET;
    assertThat(fault("reject-400", 400)).contains("reset");
  }

  @Test
  void nothingForwardedIsNotForwarded() {
    for (String verdict :
        List.of(
            "forward-unchanged",
            "forward-normalised",
            "forward-stripped",
            "one-request",
            "two-requests",
            "first-then-400",
            "first-then-route",
            "respond-100-then-forward",
            "route-exact",
            "hold-until-101",
            "redirect-same-host",
            "head-no-body",
            "reply-502-close-upstream",
            "forward-then-close-upstream",
            "abort-client-no-reuse")) {
      assertThat(fault(verdict, 200)).as(verdict).isNotNull();
    }
    assertThat(fault("respond-locally", 200)).isNull();
    assertThat(fault("respond-locally")).isNotNull();
  }

  @Test
  void anEndOfHttp2IsOfTheRightKind() {
    assertThat(fault("h2-stream-error")).isNotNull();
    assertThat(fault("h2-goaway")).isNotNull();
    resets = List.of(1);
    assertThat(fault("h2-stream-error")).isNull();
    assertThat(fault("refused-stream")).isNotNull();
    goAway = 1;
    assertThat(fault("h2-stream-error")).isNotNull();
    assertThat(fault("h2-goaway")).isNull();
    assertThat(fault("h2-goaway-enhance-your-calm")).isNotNull();
    assertThat(fault("h2-goaway-or-ignored")).isNull();
  }

  @Test
  void memoryHasItsBound() {
    grown = 16 << 20;
    assertThat(fault("memory-bounded")).isNull();
    grown++;
    assertThat(fault("memory-bounded")).isNotNull();
  }

  private static Handshake handshake(boolean resumed, EarlyData early) {
    return new Handshake(null, null, null, resumed, early);
  }

  @Test
  void everySessionThatIsOfferedIsLeft() {
    assertThat(fault("full-handshake")).isNotNull();
    handshakes = List.of(handshake(false, EarlyData.NONE));
    assertThat(fault("full-handshake", 400)).isNull();
    handshakes = List.of(handshake(true, EarlyData.NONE), handshake(false, EarlyData.NONE));
    assertThat(fault("full-handshake", 400)).contains("resumed=true");
  }

  @Test
  void earlyDataIsPassedOverAndComesOnce() {
    String head =
        "POST /g HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n"
            + "X-Request-ID: "
            + "0".repeat(32);
    Seen request = new Seen(Route.ALL.getFirst(), 1, head);
    assertThat(fault("early-data-refused", 200)).isNotNull();
    seen = List.of(request);
    handshakes = List.of(handshake(true, EarlyData.REFUSED));
    assertThat(fault("early-data-refused", 200)).isNull();
    assertThat(fault("early-data-refused")).isNotNull();
    for (EarlyData other : List.of(EarlyData.NONE, EarlyData.PROMISED, EarlyData.TAKEN)) {
      handshakes = List.of(handshake(true, other));
      assertThat(fault("early-data-refused", 200)).contains(other.toString());
    }
    handshakes = List.of(handshake(true, EarlyData.REFUSED));
    seen = List.of(request, request);
    assertThat(fault("early-data-refused", 200)).contains("seen 2 times");
    seen = List.of();
    assertThat(fault("early-data-refused", 200)).contains("seen 0 times");
  }

  @Test
  void anUnknownWordIsNoVerdict() {
    assertThat(Verdict.of("reject-400-or-applause")).isNull();
    assertThat(Verdict.of("applause")).isNull();
  }
}
