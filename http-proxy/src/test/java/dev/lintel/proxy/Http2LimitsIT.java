package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an HTTP/2 client may not do, or not so often: each time it is counted by its reason, and
/// what is not the client's fault is not held against it.
@ExtendWith(LeakCheck.class)
class Http2LimitsIT {
  private static final byte[] NOTHING = {};
  private static final byte[] CANCEL = {0, 0, 0, 8};
  private static final int ONE_MEGABYTE = 1_000_000;

  private final CountDownLatch release = new CountDownLatch(1);
  private Backend backend;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    backend = new Backend(this::answer);
    proxy = new TestProxy(backend);
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    Wait.until(() -> proxy.server.connections() == 0);
    proxy.close();
    backend.close();
  }

  /// `/hold` waits for the end of the test, `/big` is a megabyte, any other path is answered with
  /// the length of the request's body.
  private void answer(Backend.Request request, Socket socket, OutputStream out) throws Exception {
    String path = request.line().split(" ")[1];
    if (path.startsWith("/hold")) {
      release.await();
      socket.close();
    } else if (path.startsWith("/big")) {
      out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: " + ONE_MEGABYTE + "\r\n\r\n"));
      out.write(new byte[ONE_MEGABYTE]);
    } else {
      out.write(Backend.ok(Integer.toString(request.body().length)));
    }
  }

  private RawH2 raw() throws IOException {
    return new RawH2(proxy.server.httpPort());
  }

  private void times(int headMillis, int sendMillis) {
    proxy.proxySettings = new ProxySettings(headMillis, 60_000, sendMillis, 75_000, 1_000, 10_000);
    proxy.apply();
  }

  /// How often something was counted under this reason.
  private long counted(String reason) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    proxy.server.metrics().write(page);
    Matcher found =
        Pattern.compile("lintel_failures_total\\{reason=\"" + reason + "\"[^}]*} ([0-9.]+)")
            .matcher(page.toString(StandardCharsets.UTF_8));
    return found.find() ? (long) Double.parseDouble(found.group(1)) : 0;
  }

  // ------------------------------------------------------------------ floods

  /// One round of a flood; the stream is a new one each time.
  private interface Round {
    void send(RawH2 raw, int stream) throws IOException;
  }

  private static Round flood(String name) {
    return switch (name) {
      case "reset" ->
          (raw, stream) -> {
            raw.headers(stream, true, RawH2.get("/hold"));
            raw.send(RawH2.RST_STREAM, 0, stream, CANCEL);
          };
      case "reset of what is closed" ->
          (raw, stream) -> {
            if (stream == 1) {
              raw.headers(1, true, RawH2.get("/x"));
            }
            raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
          };
      case "window of nothing" ->
          (raw, stream) -> {
            raw.headers(stream, false, RawH2.post("/hold"));
            raw.window(stream, 0);
          };
      case "window too large" ->
          (raw, stream) -> {
            raw.headers(stream, false, RawH2.post("/hold"));
            raw.window(stream, Integer.MAX_VALUE);
          };
      case "short priority" ->
          (raw, stream) -> {
            raw.headers(stream, false, RawH2.post("/hold"));
            raw.send(RawH2.PRIORITY, 0, stream, new byte[4]);
          };
      case "dependency on itself" ->
          (raw, stream) -> raw.send(RawH2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 1, 16});
      case "forbidden field" ->
          (raw, stream) -> raw.headers(stream, true, RawH2.get("/x", "connection", "close"));
      case "settings" -> (raw, stream) -> raw.send(RawH2.SETTINGS, 0, 0, NOTHING);
      case "ping" -> (raw, stream) -> raw.send(RawH2.PING, 0, 0, new byte[8]);
      case "unknown frame" -> (raw, stream) -> raw.send(99, 0, 0, NOTHING);
      case "priority" ->
          (raw, stream) -> raw.send(RawH2.PRIORITY, 0, stream, new byte[] {0, 0, 0, 0, 16});
      case "empty data" ->
          (raw, stream) -> {
            if (stream == 1) {
              raw.headers(1, false, RawH2.post("/hold"));
            }
            raw.send(RawH2.DATA, 0, 1, NOTHING);
          };
      case "empty continuation" ->
          (raw, stream) -> {
            if (stream == 1) {
              raw.send(RawH2.HEADERS, 0, 1, RawH2.get("/x"));
            }
            raw.send(RawH2.CONTINUATION, 0, 1, NOTHING);
          };
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "reset, 100, 250, h2-resets",
    "reset of what is closed, 150, 250, h2-resets",
    "window of nothing, 150, 250, h2-faults",
    "window too large, 150, 250, h2-faults",
    "short priority, 150, 250, h2-faults",
    "dependency on itself, 150, 250, h2-faults",
    "forbidden field, 150, 250, h2-faults",
    "settings, 150, 250, h2-control-frames",
    "ping, 900, 1100, h2-control-frames",
    "unknown frame, 900, 1100, h2-control-frames",
    "priority, 150, 250, h2-priorities",
    "empty data, 2, 4, h2-empty-frames",
    "empty continuation, 10, 20, h2-empty-frames",
  })
  void aFloodEndsItsConnectionAndIsCounted(String name, int allowed, int tooMany, String reason)
      throws Exception {
    try (RawH2 raw = raw()) {
      Round round = flood(name);
      for (int i = 0; i < allowed; i++) {
        round.send(raw, 2 * i + 1);
      }
      assertThat(counted(reason)).isZero();
      for (int i = allowed; i < tooMany; i++) {
        round.send(raw, 2 * i + 1);
      }
      // It arrives although we go on.
      RawH2.Frame end = raw.read(RawH2.GOAWAY);
      assertThat(end).isNotNull();
      assertThat(end.code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
      while (end != null) {
        end = raw.read();
      }
    }
    Wait.until(() -> proxy.server.connections() == 0);
    assertThat(counted(reason)).isEqualTo(1);
    assertThat(proxy.server.awaitIdle(Duration.ofSeconds(5))).isTrue();
  }

  @Test
  void pingsThatGoWithDataAreNoFlood() throws Exception {
    try (RawH2 raw = raw()) {
      raw.window(0, 10 * ONE_MEGABYTE);
      for (int i = 0; i < 10; i++) {
        int stream = 2 * i + 1;
        raw.headers(stream, true, RawH2.get("/big"));
        raw.window(stream, ONE_MEGABYTE);
        int got = 0;
        while (got < ONE_MEGABYTE) {
          got += raw.read(RawH2.DATA).payload().length;
          raw.send(RawH2.PING, 0, 0, new byte[8]);
          raw.send(RawH2.PING, 0, 0, new byte[8]);
          raw.window(0, 1);
        }
      }
      raw.headers(99, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("200");
    }
    assertThat(counted("h2-control-frames")).isZero();
  }

  // ------------------------------------------------------------------ streams

  @Test
  void aStreamTooManyIsRefusedAndNothingElse() throws Exception {
    try (RawH2 raw = raw()) {
      for (int i = 0; i < 128; i++) {
        raw.headers(2 * i + 1, true, RawH2.get("/hold"));
      }
      raw.headers(257, false, RawH2.post("/x"));
      raw.send(RawH2.DATA, 0, 257, new byte[10]);
      raw.window(257, 10);
      raw.send(RawH2.DATA, RawH2.END_STREAM, 257, new byte[10]);
      RawH2.Frame refused = raw.read(RawH2.RST_STREAM);
      assertThat(refused.stream()).isEqualTo(257);
      assertThat(refused.code()).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
      raw.headers(259, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(259);
    }
    assertThat(counted("h2-streams")).isEqualTo(1);
  }

  @Test
  void whoDoesNotKnowTheLimitOfStreamsMayHaveMany() throws Exception {
    try (RawH2 raw = raw()) {
      for (int i = 0; i < 500; i++) {
        raw.headers(2 * i + 1, true, RawH2.get("/hold"));
      }
      for (int i = 0; i < 372; i++) {
        assertThat(raw.read(RawH2.RST_STREAM).code())
            .isEqualTo((int) Http2Error.REFUSED_STREAM.code());
      }
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
      raw.headers(1001, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(1001);
    }
  }

  @Test
  void whatIsUnderWayForAStreamThatWeResetIsLetPass() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.get("/a/..%2fb"));
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.NO_ERROR.code());
      // More than the window of the connection, so it must have been given back.
      for (int i = 0; i < 400; i++) {
        raw.send(RawH2.DATA, 0, 1, new byte[4_000]);
      }
      raw.window(1, 5);
      raw.headers(1, true, RawH2.fields("x-t", "1"));
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(3);
    }
    assertThat(counted("h2-faults")).isZero();
    assertThat(counted("h2-frame")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, true, 5", "1, false, 5", "3, true, 1"})
  void aFrameThatMayNotComeEndsTheConnection(int stream, boolean data, int code) throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/hold"));
      raw.headers(5, true, RawH2.get("/hold"));
      if (data && stream == 1) {
        raw.send(RawH2.DATA, 0, stream, new byte[1]);
      } else {
        raw.headers(stream, true, RawH2.get("/x"));
      }
      assertThat(raw.read(RawH2.GOAWAY).code()).isEqualTo(code);
    }
    Wait.until(() -> proxy.server.connections() == 0);
    assertThat(counted("h2-frame")).isEqualTo(1);
  }

  /// Neither for a stream that was never there nor with a list of fields that nobody unpacked can a
  /// connection go on.
  @ParameterizedTest
  @CsvSource({
    "8, 0, 3, 00000000, 1", // WINDOW_UPDATE by nothing, idle
    "8, 0, 2, 00000000, 1",
    "8, 0, 3, 00000005, 1",
    "8, 0, 0, 00000000, 1",
    "1, 44, 3, '', 6", // HEADERS with priority, with padding
    "1, 36, 3, 000000030f, 1",
    "1, 36, 1, 000000010f, 1",
    "1, 32, 1, 000000010f, 1",
    "1, 12, 3, '', 6",
    "9, 4, 1, '', 1", // CONTINUATION of nothing
    "0, 8, 3, '', 6" // DATA with padding
  })
  void aFrameThatCannotBeReadEndsTheConnection(
      int type, int flags, int stream, String payload, int code) throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/x"));
      raw.send(type, flags, stream, HexFormat.of().parseHex(payload));
      RawH2.Frame next = raw.read();
      while (next.type() != RawH2.GOAWAY) {
        assertThat(next.type()).as("%s", next).isNotEqualTo(RawH2.RST_STREAM);
        next = raw.read();
      }
      assertThat(next.code()).isEqualTo(code);
    }
    Wait.until(() -> proxy.server.connections() == 0);
    assertThat(counted("h2-frame")).isEqualTo(1);
  }

  @Test
  void aWindowThatIsOpenedByNothingEndsItsStreamOnly() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/hold"));
      raw.window(1, 0);
      RawH2.Frame reset = raw.read(RawH2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(reset.code()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(3);
    }
  }

  // ------------------------------------------------------------------ lists of fields

  @Test
  void aForbiddenFieldIsCountedAndLeavesTheConnectionAlone() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/x", "transfer-encoding", "chunked"));
      raw.send(RawH2.DATA, RawH2.END_STREAM, 1, new byte[10]);
      RawH2.Frame reset = raw.read(RawH2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(reset.code()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(3);
    }
    assertThat(counted("h2-field")).isEqualTo(1);
    assertThat(backend.requests).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "5, 6"})
  void aLengthComesOnce(String first, String second) throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/x", "content-length", first, "content-length", second));
      assertThat(raw.read(RawH2.RST_STREAM).code())
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
    assertThat(backend.requests).isEmpty();
  }

  @Test
  void aPseudoFieldBehindAnotherIsRefused() throws Exception {
    try (RawH2 raw = raw()) {
      byte[] fields =
          RawH2.fields(
              ":method", "GET", ":scheme", "http", "x", "y", ":path", "/x", ":authority", "a.test");
      raw.headers(1, true, fields);
      assertThat(raw.read(RawH2.RST_STREAM).code())
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  @Test
  void aBombOfFieldsIsAnsweredWithoutUnpackingIt() throws Exception {
    try (RawH2 raw = raw()) {
      // `a` with no value goes into the table; each further byte stands for it.
      byte[] head = RawH2.get("/x");
      byte[] bomb = new byte[16_384];
      System.arraycopy(head, 0, bomb, 0, head.length);
      bomb[head.length] = 0x40;
      bomb[head.length + 1] = 1;
      bomb[head.length + 2] = 'a';
      bomb[head.length + 3] = 0;
      Arrays.fill(bomb, head.length + 4, bomb.length, (byte) 0xbe);
      raw.headers(1, true, bomb);
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("431");
      raw.headers(3, true, RawH2.get("/x"));
      RawH2.Frame next = raw.read(RawH2.HEADERS);
      assertThat(next.headers().status()).hasToString("200");
    }
    assertThat(counted("head-too-long")).isEqualTo(1);
  }

  @Test
  void theTableOfFieldsStaysSmallWhateverTheClientWants() throws Exception {
    byte[] settings = {0, 1, -1, -1, -1, -1};
    try (RawH2 raw = new RawH2(proxy.server.httpPort(), settings)) {
      raw.headers(1, true, RawH2.get("/x"));
      RawH2.Frame answer = raw.read(RawH2.HEADERS);
      // A larger one would be announced first.
      assertThat(answer.payload()[0] & 0xe0).isNotEqualTo(0x20);
    }
  }

  @Test
  void aListOfFieldsMustBeCompleteInTime() throws Exception {
    times(300, 60_000);
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("200");
      byte[] fields = RawH2.get("/x");
      raw.send(RawH2.HEADERS, 0, 3, Arrays.copyOf(fields, 5));
      assertThat(raw.read(RawH2.GOAWAY).code()).isZero();
      assertThat(raw.read()).isNull();
    }
    assertThat(counted("head-timeout")).isEqualTo(1);
  }

  @Test
  void halfAFrameMustBeCompleteInTimeHoweverItDrips() throws Exception {
    times(300, 60_000);
    try (RawH2 raw = raw()) {
      raw.read(RawH2.SETTINGS);
      raw.sendBytes((byte) 0, (byte) 0, (byte) 50, (byte) RawH2.HEADERS, (byte) 5);
      RawH2.Frame end = null;
      for (int i = 0; i < 40 && end == null; i++) {
        raw.sendBytes((byte) 0);
        end = raw.readWithin(50);
        end = end != null && end.type() == RawH2.GOAWAY ? end : null;
      }
      assertThat(end).isNotNull();
    }
    assertThat(counted("head-timeout")).isEqualTo(1);
  }

  @Test
  void whoSendsNoSettingsIsSentAway() throws Exception {
    times(300, 60_000);
    try (RawH2 raw = new RawH2(proxy.server.httpPort(), null)) {
      assertThat(raw.read(RawH2.GOAWAY)).isNotNull();
    }
  }

  @Test
  void aBodyMayTakeLongerThanAHead() throws Exception {
    times(200, 60_000);
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/x"));
      raw.sendBytes((byte) 0, (byte) 0, (byte) 20, (byte) RawH2.DATA, (byte) 1);
      raw.sendBytes((byte) 0, (byte) 0, (byte) 0, (byte) 1);
      for (int i = 0; i < 20; i++) {
        raw.sendBytes((byte) 'a');
        Thread.sleep(25);
      }
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("200");
      assertThat(raw.read(RawH2.DATA).payload()).containsExactly('2', '0');
    }
  }

  // ------------------------------------------------------------------ bodies

  @Test
  void aStreamWhoseWindowStaysClosedIsGivenUp() throws Exception {
    times(10_000, 400);
    byte[] noWindow = {0, 4, 0, 0, 0, 0};
    try (RawH2 raw = new RawH2(proxy.server.httpPort(), noWindow)) {
      raw.headers(1, true, RawH2.get("/big"));
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.CANCEL.code());
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.CANCEL.code());
    }
    assertThat(counted("client-stalled")).isEqualTo(2);
  }

  @Test
  void aWindowThatDripsDoesNotHelp() throws Exception {
    times(10_000, 2_000);
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/big"));
      RawH2.Frame frame = raw.read();
      while (frame == null || frame.type() != RawH2.RST_STREAM) {
        frame = raw.readWithin(20);
        Thread.sleep(20);
        raw.window(1, 1);
        raw.window(0, 1);
      }
      assertThat(frame.code()).isEqualTo((int) Http2Error.CANCEL.code());
    }
    assertThat(counted("client-stalled")).isEqualTo(1);
  }

  @Test
  void aWindowThatDripsFastIsAFlood() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/big"));
      RawH2.Frame frame = raw.read();
      while (frame.type() != RawH2.GOAWAY) {
        if (frame.type() == RawH2.DATA) {
          raw.window(1, 1);
          raw.window(0, 1);
        }
        frame = raw.read();
      }
      assertThat(frame.code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    }
    Wait.until(() -> counted("h2-control-frames") == 1);
  }

  @Test
  void whoTakesEnoughMayBeSlow() throws Exception {
    times(10_000, 1_000);
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/big"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
      while (System.nanoTime() < end) {
        RawH2.Frame frame = raw.readWithin(50);
        Thread.sleep(50);
        assertThat(frame == null || frame.type() != RawH2.RST_STREAM).isTrue();
        raw.window(1, 100);
        raw.window(0, 100);
      }
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
    }
    assertThat(counted("client-stalled")).isZero();
  }

  @Test
  void aBodyThatIsTooLongIsAnsweredBeforeItIsRead() throws Exception {
    proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 1_000, 3, false, 0, true);
    proxy.apply();
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/x", "content-length", "2000"));
      RawH2.Frame answer = raw.read(RawH2.HEADERS);
      assertThat(answer.headers().status()).hasToString("413");
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.NO_ERROR.code());
      // Its length is known only when it is there.
      raw.headers(3, false, RawH2.post("/x"));
      for (int i = 0; i < 20; i++) {
        raw.send(RawH2.DATA, 0, 3, new byte[100]);
      }
      answer = raw.read(RawH2.HEADERS);
      assertThat(answer.stream()).isEqualTo(3);
      assertThat(answer.headers().status()).hasToString("413");
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.NO_ERROR.code());
      raw.headers(5, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("200");
    }
    assertThat(counted("body-too-large")).isEqualTo(2);
  }

  @Test
  void moreThanTheWindowIsNotTaken() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/hold", "content-length", "900000"));
      for (int i = 0; i < 50; i++) {
        raw.send(RawH2.DATA, 0, 1, new byte[16_384]);
      }
      RawH2.Frame end = raw.read();
      while (end.type() != RawH2.GOAWAY && end.type() != RawH2.RST_STREAM) {
        end = raw.read();
      }
      assertThat(end.code()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code());
    }
    Wait.until(() -> counted("h2-flow-control") > 0);
  }
}
