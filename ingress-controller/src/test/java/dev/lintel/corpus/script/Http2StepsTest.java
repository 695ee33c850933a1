package dev.lintel.corpus.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.corpus.client.Http2Client;
import dev.lintel.corpus.script.Step.Frames;
import dev.lintel.corpus.script.Step.On;
import dev.lintel.corpus.script.Step.Repeat;
import dev.lintel.corpus.script.Step.Requests;
import dev.lintel.corpus.script.Step.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http2StepsTest {
  @Test
  void whatStandsBehindRepeatIsRepeated() {
    List<Step> steps = Http2Steps.parse("PING ; repeat 7: HEADERS ; RST_STREAM(CANCEL)").steps();
    assertThat(steps).hasSize(2);
    assertThat(steps.get(1))
        .isInstanceOfSatisfying(
            Repeat.class,
            repeat -> {
              assertThat(repeat.count()).isEqualTo(7);
              assertThat(repeat.steps()).hasSize(2);
              assertThat(((Frames) repeat.steps().get(1)).value()).isEqualTo(8);
            });
  }

  @Test
  void wordsAboutFramesAreUnderstood() {
    Frames frame = FrameWords.parse("3000 WINDOW_UPDATE(connection, increment 2^31-1)");
    assertThat(frame.count()).isEqualTo(3_000);
    assertThat(frame.on()).isEqualTo(On.CONNECTION);
    assertThat(frame.value()).isEqualTo(0x7fff_ffffL);
    frame = FrameWords.parse("HEADERS(no END_HEADERS|END_STREAM)");
    assertThat(frame.flags()).isEqualTo(Http2Client.END_STREAM);
    frame = FrameWords.parse("endless empty CONTINUATION");
    assertThat(frame.count()).isEqualTo(Step.ENDLESS);
    assertThat(frame.length()).isZero();
    frame = FrameWords.parse("RST_STREAM for 5 idle/closed streams");
    assertThat(frame.count()).isEqualTo(5);
    assertThat(frame.on()).isEqualTo(On.IDLE_OR_CLOSED);
  }

  @Test
  void settingsAndSizesAreNumbers() {
    assertThat(Http2Steps.parse("SETTINGS HEADER_TABLE_SIZE=2^32-1 then GET 3 MiB").steps())
        .containsExactly(
            new Setting(1, 0xffff_ffffL), new Requests(1, "GET", null, 3 << 20, true, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PING flood: 500 PING, peer does not read",
        "preface then silence",
        "HEADERS half a frame then 2 bytes per 3 s",
        "4 streams POST with DATA 0 bytes forever",
        "HPACK: insert 'x: y' once, 12 one-byte references; INITIAL_WINDOW_SIZE=0",
        "GET 1 MiB ; WINDOW_UPDATE(5) every 2 s",
        "PUSH_PROMISE from client",
        "open 200 streams",
        "10001 requests on one connection",
        "repeat 9: HEADERS ; PRIORITY depending on itself",
        "HEADERS(no END_HEADERS) ; endless CONTINUATION of 1 KiB",
        "HPACK: insert 4000-byte header once, 16384 one-byte references",
        "HEADERS(END_STREAM) with 5000 cookie crumbs",
        "SETTINGS MAX_HEADER_LIST_SIZE=1 ; repeat 20: GET /g",
        "INITIAL_WINDOW_SIZE=0 ; 100 GET 1 MiB ; silence",
        "129 concurrent streams",
        "GOAWAY ; HEADERS(END_STREAM)",
        "HEADERS on stream 2^31-1",
      })
  void otherNumbersNamesAndOrdersRunToo(String script) {
    assertThat(Http2Steps.parse(script).steps()).isNotEmpty();
  }

  @Test
  void anUnknownStepIsNamed() {
    assertThatThrownBy(() -> Http2Steps.parse("HEADERS ; a dance"))
        .isInstanceOf(UnknownStep.class)
        .hasMessage("a dance");
    assertThatThrownBy(() -> Http2Steps.parse("HEADERS(LOUD)"))
        .isInstanceOf(UnknownStep.class)
        .hasMessageContaining("LOUD");
  }
}
