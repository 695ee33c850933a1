package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseScannerTest {
  private static final byte[] DATE = Octets.ascii("Sun, 06 Nov 1994 08:49:37 GMT");

  private final ResponseHead head = new ResponseHead();

  private ScanResult scan(String text, boolean toHead) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    return ResponseScanner.scan(in, 0, in.length, head, toHead);
  }

  private String written(boolean http11, boolean close) {
    byte[] out = new byte[ResponseHeadWriter.most(head)];
    int end = ResponseHeadWriter.write(head, http11, close, Upgrade.NONE, DATE, out, 0);
    return new String(out, 0, end, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK#Content-Length: 5##|GET|LENGTH|5|true",
        "HTTP/1.1 200#Content-Length: 5##|GET|LENGTH|5|true",
        "HTTP/1.1 200 OK#Content-Length: 0##|GET|NONE|0|true",
        "HTTP/1.1 200 OK#Content-Length: 5#content-length: 5##|GET|LENGTH|5|true",
        "HTTP/1.1 200 OK#Transfer-Encoding: chunked##|GET|CHUNKED|-1|true",
        "HTTP/1.1 200 OK##|GET|UNTIL_CLOSE|-1|false",
        "HTTP/1.1 200 OK#Content-Length: 5#Connection: close##|GET|LENGTH|5|false",
        "HTTP/1.1 200 OK#Content-Length: 5#Connection: a, Close##|GET|LENGTH|5|false",
        "HTTP/1.0 200 OK#Content-Length: 5##|GET|LENGTH|5|false",
        "HTTP/1.0 200 OK#Content-Length: 5#Connection: keep-alive##|GET|LENGTH|5|true",
        "HTTP/1.1 200 OK#Content-Length: 5##|HEAD|NONE|5|true",
        "HTTP/1.1 200 OK#Transfer-Encoding: chunked##|HEAD|NONE|-1|true",
        "HTTP/1.1 204 No Content##|GET|NONE|-1|true",
        "HTTP/1.1 204 No Content#Content-Length: 5##|GET|NONE|-1|false",
        "HTTP/1.1 304 Not Modified#Content-Length: 0##|GET|NONE|0|true",
        "HTTP/1.1 304 Not Modified#Transfer-Encoding: chunked##|GET|NONE|-1|false",
        "HTTP/1.1 100 Continue##|GET|NONE|-1|true"
      })
  void framingFollowsTheRules(
      String text, String method, BodyFraming framing, long length, boolean reusable) {
    assertThat(scan(text.replace("#", "\r\n"), method.equals("HEAD")))
        .isEqualTo(ScanResult.COMPLETE);
    assertThat(head.framing()).isEqualTo(framing);
    assertThat(head.contentLength()).isEqualTo(length);
    assertThat(head.isReusable()).isEqualTo(reusable);
  }

  @Test
  void bareLineFeedsAreTakenOnce() {
    assertThat(scan("HTTP/1.1 200 OK\nContent-Length: 5\n\n", false))
        .isEqualTo(ScanResult.COMPLETE);
    assertThat(head.isReusable()).isFalse();
    assertThat(head.contentLength()).isEqualTo(5);
    assertThat(scan("HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\r\n", false))
        .isEqualTo(ScanResult.COMPLETE);
    assertThat(head.isReusable()).isFalse();
    assertThat(scan("HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n", false))
        .isEqualTo(ScanResult.COMPLETE);
    assertThat(head.isReusable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/2 200####|STATUS_LINE",
        "HTTP/1.1 99 X##|STATUS_LINE",
        "HTTP/1.1 099 X##|STATUS_LINE",
        "HTTP/1.1 2000 X##|STATUS_LINE",
        "HTTP/1.1 600 X##|STATUS_LINE",
        "HTTP/1.1  200 X##|STATUS_LINE",
        "ICY 200 OK##|STATUS_LINE",
        "hello|STATUS_LINE",
        "HTTP/1.1 200 OK#Content-Length: 5#Content-Length: 6##|CONTENT_LENGTH",
        "HTTP/1.1 200 OK#Content-Length: 5, 5##|CONTENT_LENGTH",
        "HTTP/1.1 200 OK#Content-Length: x##|CONTENT_LENGTH",
        "HTTP/1.1 200 OK#Content-Length: 5#Transfer-Encoding: chunked##|TWO_FRAMINGS",
        "HTTP/1.1 200 OK#Transfer-Encoding: gzip##|TRANSFER_ENCODING",
        "HTTP/1.0 200 OK#Transfer-Encoding: chunked##|TRANSFER_ENCODING",
        "HTTP/1.1 200 OK#X : b##|SPACE_BEFORE_COLON",
        "HTTP/1.1 200 OK#X: a# b##|FOLDED_LINE",
        "HTTP/1.1 200 OK#X: a\0b##|CONTROL_BYTE"
      })
  void badAnswersAreRefused(String text, Malformed why) {
    assertThat(scan(text.replace("#", "\r\n"), false)).isEqualTo(ScanResult.MALFORMED);
    assertThat(head.malformed()).isEqualTo(why);
  }

  @Test
  void aHeadOver64KiBIsRefused() {
    assertThat(scan("HTTP/1.1 200 OK\r\nX: " + "a".repeat(70_000) + "\r\n\r\n", false))
        .isEqualTo(ScanResult.MALFORMED);
    assertThat(scan("HTTP/1.1 200 OK\r\nX: " + "a".repeat(70_000), false))
        .isEqualTo(ScanResult.MALFORMED);
    assertThat(scan("HTTP/1.1 200 OK\r\nX: " + "a".repeat(60_000) + "\r\n\r\n", false))
        .isEqualTo(ScanResult.COMPLETE);
  }

  @Test
  void aHeadIsTheSameWhereverItWasSplit() {
    String text = "HTTP/1.1 404 Not here\r\nContent-Length: 5\r\nX_Odd: 1\r\nServer: s\r\n\r\n";
    byte[] in = (text + "hello").getBytes(StandardCharsets.ISO_8859_1);
    for (int first = 0; first < text.length(); first++) {
      ResponseHead split = new ResponseHead();
      assertThat(ResponseScanner.scan(in, 0, first, split, false)).isEqualTo(ScanResult.INCOMPLETE);
      assertThat(ResponseScanner.scan(in, 0, in.length, split, false))
          .isEqualTo(ScanResult.COMPLETE);
      assertThat(split.status()).isEqualTo(404);
      assertThat(split.length()).isEqualTo(text.length());
      assertThat(split.contentLength()).isEqualTo(5);
      assertThat(split.has(HeaderName.of("X_Odd"))).isTrue();
    }
  }

  @Test
  void theClientSeesWhatIsMeantForIt() {
    scan(
        "HTTP/1.1 200 Fine\r\nServer: x\r\nContent-Type: text/plain\r\nX-Accel-Buffering: no\r\n"
            + "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a\r\nset-cookie: b\r\n"
            + "Content-Length: 05\r\nX-Pad: x\r\nX-B: 1\r\n\r\n",
        false);
    assertThat(written(true, false))
        .isEqualTo(
            "HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nSet-Cookie: a\r\nset-cookie: b\r\nX-B: 1\r\n"
                + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\n");
    assertThat(written(true, true)).endsWith("Content-Length: 5\r\nConnection: close\r\n\r\n");
    assertThat(written(false, false)).endsWith("\r\nConnection: keep-alive\r\n\r\n");
  }

  @Test
  void filtersEditWhatIsSent() {
    scan(
        "HTTP/1.1 200 OK\r\nDate: x\r\nStrict-Transport-Security: no\r\nX-A: 1\r\nX-B: 1\r\nContent-Length: 0\r\n\r\n",
        false);
    head.set(HeaderNames.STRICT_TRANSPORT_SECURITY, Octets.ascii("max-age=1"));
    head.add(HeaderName.of("X-B"), Octets.ascii("2"));
    head.remove(HeaderName.of("X-A"));
    assertThat(written(true, false))
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nDate: x\r\nX-B: 1\r\nStrict-Transport-Security: max-age=1\r\nX-B: 2\r\n"
                + "Content-Length: 0\r\n\r\n");
    StringBuilder walk = new StringBuilder();
    Slice name = new Slice();
    Slice value = new Slice();
    head.rewind();
    while (head.nextField(name, value)) {
      walk.append(name).append('=').append(value).append(' ');
    }
    assertThat(walk).hasToString("Date=x X-B=1 strict-transport-security=max-age=1 x-b=2 ");
    assertThat(head.value(HeaderNames.STRICT_TRANSPORT_SECURITY, value)).isTrue();
    assertThat(value).hasToString("max-age=1");
    assertThat(head.has(HeaderName.of("X-A"))).isFalse();
  }

  @Test
  void unknownLengthsAreChunkedOrClosed() {
    scan("HTTP/1.1 200 OK\r\nDate: x\r\n\r\n", false);
    assertThat(written(true, false))
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(ResponseHeadWriter.framing(head, false)).isEqualTo(BodyFraming.UNTIL_CLOSE);
    assertThat(written(false, true))
        .isEqualTo("HTTP/1.1 200 OK\r\nDate: x\r\nConnection: close\r\n\r\n");
  }

  @Test
  void ourOwnAnswersNeedNoUpstream() {
    head.answer(308, 0);
    head.set(HeaderNames.LOCATION, Octets.ascii("https://a.test/"));
    assertThat(written(true, false))
        .isEqualTo(
            "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://a.test/\r\n"
                + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
  }

  @Test
  void anUpgradeIsOneOnlyWhereItWasAskedFor() {
    scan(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n",
        false);
    assertThat(head.agreesTo(Upgrade.WEBSOCKET)).isTrue();
    assertThat(head.agreesTo(Upgrade.SPDY_3_1)).isFalse();
    assertThat(head.isInterim()).isFalse();
    byte[] out = new byte[ResponseHeadWriter.most(head)];
    int end = ResponseHeadWriter.write(head, true, false, Upgrade.WEBSOCKET, DATE, out, 0);
    assertThat(new String(out, 0, end, StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "HTTP/1.1 101 Switching Protocols\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                + "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n");
  }
}
