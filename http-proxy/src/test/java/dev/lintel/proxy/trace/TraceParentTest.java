package dev.lintel.proxy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.trace.TraceParent.Decision;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
  private static final long HIGH = 0x0af7651916cd43ddL;
  private static final long LOW = 0x8448eb211c80319cL;
  private static final long SPAN = 0xb7ad6b7169203331L;
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String ID = "b7ad6b7169203331";
  private static final String GOOD = "00-" + TRACE + "-" + ID + "-01";

  private static @Nullable TraceParent of(String... fields) {
    String text = "GET / HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    RequestHead head = new RequestHead();
    assertThat(RequestScanner.scan(bytes, 0, bytes.length, head, false))
        .isEqualTo(ScanResult.COMPLETE);
    return TraceParent.of(head);
  }

  @ParameterizedTest
  @CsvSource({
    "00-%s-%s-01, SAMPLED",
    "00-%s-%s-00, NOT_SAMPLED",
    "00-%s-%s-fe, NOT_SAMPLED",
    "00-%s-%s-03, SAMPLED",
    "cc-%s-%s-01, SAMPLED",
    "01-%s-%s-01-what-the-future-adds, SAMPLED"
  })
  void readsW3c(String value, Decision decision) {
    assertThat(of("traceparent: " + value.formatted(TRACE, ID)))
        .isEqualTo(new TraceParent(HIGH, LOW, SPAN, decision));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01x",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01"
      })
  void whatIsNoW3cCountsAsNotSent(String value) {
    assertThat(of("traceparent: " + value)).isNull();
  }

  @Test
  void twoFieldsAreNone() {
    assertThat(of("traceparent: " + GOOD, "traceparent: " + GOOD)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "%s-%s-1, SAMPLED",
    "%s-%s-d, SAMPLED",
    "%s-%s-0, NOT_SAMPLED",
    "%s-%s, OPEN",
    "%s-%s-1-05e3ac9a4f6e3b90, SAMPLED"
  })
  void readsB3InOneField(String value, Decision decision) {
    assertThat(of("b3: " + value.formatted(TRACE.toUpperCase(java.util.Locale.ROOT), ID)))
        .isEqualTo(new TraceParent(HIGH, LOW, SPAN, decision));
    assertThat(of("b3: " + value.formatted(TRACE.substring(16), ID)))
        .isEqualTo(new TraceParent(0, LOW, SPAN, decision));
  }

  @Test
  void aDecisionMayComeAlone() {
    assertThat(of("b3: 0")).isEqualTo(new TraceParent(0, 0, 0, Decision.NOT_SAMPLED));
    assertThat(of("X-B3-Flags: 1")).isEqualTo(new TraceParent(0, 0, 0, Decision.SAMPLED));
    assertThat(of("b3: x")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b3: 0af7651916cd43dd-b7ad6b716920333",
        "b3: 0af7651916cd43dd-b7ad6b7169203331x1",
        "b3: 0af7651916cd43d-b7ad6b7169203331-1",
        "b3: 0000000000000000-b7ad6b7169203331-1",
        "X-B3-TraceId: 0af7651916cd43dd",
        "X-B3-TraceId: 0af7",
        "X-B3-SpanId: b7ad6b7169203331"
      })
  void whatIsNoB3CountsAsNotSent(String field) {
    assertThat(of(field)).isNull();
  }

  @Test
  void readsB3InSeveralFieldsBehindW3c() {
    String trace = "X-B3-TraceId: " + TRACE;
    String span = "X-B3-SpanId: " + ID;
    assertThat(of(trace, span)).isEqualTo(new TraceParent(HIGH, LOW, SPAN, Decision.OPEN));
    assertThat(of(trace, span, "X-B3-Sampled: 0"))
        .isEqualTo(new TraceParent(HIGH, LOW, SPAN, Decision.NOT_SAMPLED));
    assertThat(of(trace, span, "X-B3-Sampled: 0", "traceparent: " + GOOD))
        .isEqualTo(new TraceParent(HIGH, LOW, SPAN, Decision.SAMPLED));
    assertThat(of(trace, span, "traceparent: no"))
        .isEqualTo(new TraceParent(HIGH, LOW, SPAN, Decision.OPEN));
  }

  @Test
  void writesWhatItReads() {
    String text = new String(TraceParent.write(HIGH, LOW, SPAN, true), StandardCharsets.US_ASCII);
    assertThat(text).isEqualTo(GOOD);
  }

  @Test
  void theSamplerTakesItsShareAndTheSendersDecision() {
    Sampler tenth = Sampler.of(0.1, true);
    int taken = 0;
    for (int i = 0; i < 100_000; i++) {
      taken += tenth.samples(ThreadLocalRandom.current().nextLong(), null) ? 1 : 0;
    }
    assertThat(taken).isBetween(9_500, 10_500);
    TraceParent yes = new TraceParent(1, Long.MAX_VALUE, 1, Decision.SAMPLED);
    TraceParent no = new TraceParent(1, 0, 1, Decision.NOT_SAMPLED);
    assertThat(tenth.samples(yes.low(), yes)).isTrue();
    assertThat(tenth.samples(no.low(), no)).isFalse();
    assertThat(Sampler.of(0.1, false).samples(yes.low(), yes)).isFalse();
    assertThat(Sampler.of(0.1, false).samples(no.low(), no)).isTrue();
    assertThat(Sampler.of(1, false).samples(Long.MIN_VALUE, null)).isTrue();
    assertThat(Sampler.of(0, false).samples(0, null)).isFalse();
  }
}
