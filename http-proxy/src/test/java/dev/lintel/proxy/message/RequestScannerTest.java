package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestScannerTest {
  private static final int OFFSET = 3;

  private static byte[] bytes(String text) {
    return ("###" + text).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static @Nullable Malformed refusal(String text) {
    RequestHead head = new RequestHead();
    byte[] in = bytes(text);
    ScanResult result = RequestScanner.scan(in, OFFSET, in.length, head, false);
    assertThat(result == ScanResult.MALFORMED).isEqualTo(head.malformed() != null);
    return head.malformed();
  }

  private static RequestHead accepted(String text) {
    RequestHead head = new RequestHead();
    byte[] in = bytes(text);
    assertThat(RequestScanner.scan(in, OFFSET, in.length, head, false))
        .as(text)
        .isEqualTo(ScanResult.COMPLETE);
    return head;
  }

  /// A GET of `/g` on `a.test` with these further lines.
  private static String get(String lines) {
    return "GET /g HTTP/1.1\r\nHost: a.test\r\n" + lines + "\r\n";
  }

  private static String target(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
  }

  private static String host(String value) {
    return "GET /g HTTP/1.1\r\nHost: " + value + "\r\n\r\n";
  }

  private record Refusal(String request, Malformed why) {}

  private static Refusal no(String request, Malformed why) {
    return new Refusal(request, why);
  }

  private static Stream<Refusal> refusals() {
    return Stream.of(
        no(get("X: a\nY: b\r\n"), Malformed.BARE_LF),
        no("GET /g HTTP/1.1\nHost: a.test\n\n", Malformed.BARE_LF),
        no("\nGET /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.BARE_LF),
        no("GET /g HTTP/1.1\rHost: a.test\r\r", Malformed.BARE_CR),
        no(get("X: a\rY: b\r\n"), Malformed.BARE_CR),
        no(get("\rZGET /canary: HTTP/1.1\r\nHost: b.test\r\n"), Malformed.BARE_CR),
        no(get("X: a\0b\r\n"), Malformed.CONTROL_BYTE),
        no(get("X: a\u007fb\r\n"), Malformed.CONTROL_BYTE),
        no(get("\u0001X: v\r\n"), Malformed.CONTROL_BYTE),
        no(get("X: a\r\n b\r\n"), Malformed.FOLDED_LINE),
        no(get("X: a\r\n\tb\r\n"), Malformed.FOLDED_LINE),
        no("GET /g HTTP/1.1\r\n Host: a.test\r\n\r\n", Malformed.FOLDED_LINE),
        no(get("X : a\r\n"), Malformed.SPACE_BEFORE_COLON),
        no(get("X\t: a\r\n"), Malformed.SPACE_BEFORE_COLON),
        no(get("X y: a\r\n"), Malformed.SPACE_BEFORE_COLON),
        no(get(": a\r\n"), Malformed.FIELD_NAME),
        no(get("X(y): a\r\n"), Malformed.FIELD_NAME),
        no(get("X\u00e4: a\r\n"), Malformed.FIELD_NAME),
        no(get("nocolon\r\n"), Malformed.BARE_CR),
        no("\r\n".repeat(9) + get(""), Malformed.LEADING_LINES),
        no("get /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.METHOD),
        no("G=T /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.METHOD),
        no("GET\t/g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.METHOD),
        no(" GET /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.METHOD),
        no("\u0016\u0003\u0001\u0002", Malformed.METHOD),
        no("M".repeat(65) + " /g HTTP/1.1\r\n", Malformed.METHOD_TOO_LONG),
        no("CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n", Malformed.METHOD_NOT_ALLOWED),
        no("TRACE /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.METHOD_NOT_ALLOWED),
        no("TRACK /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.METHOD_NOT_ALLOWED),
        no("GET /g\r\nHost: a.test\r\n\r\n", Malformed.START_LINE),
        no("GET /g h HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.START_LINE),
        no("GET  /g HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.TARGET_FORM),
        no("GET /g  HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.START_LINE),
        no("GET /g HTTP/1.1 \r\nHost: a.test\r\n\r\n", Malformed.START_LINE),
        no("GET /g http/1.1\r\nHost: a.test\r\n\r\n", Malformed.START_LINE),
        no("GET /g ICE/1.0\r\nHost: a.test\r\n\r\n", Malformed.START_LINE),
        no("GET HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.TARGET_FORM),
        no("GET /g HTTP/1.2\r\nHost: a.test\r\n\r\n", Malformed.VERSION),
        no("GET /g HTTP/2.0\r\nHost: a.test\r\n\r\n", Malformed.VERSION),
        no("GET /g HTTP/3\r\nHost: a.test\r\n\r\n", Malformed.VERSION),
        no("GET /g HTTP/1.10\r\nHost: a.test\r\n\r\n", Malformed.VERSION),
        no("GET /g HTTP/4294967297.1\r\nHost: a.test\r\n\r\n", Malformed.VERSION),
        no(target("admin"), Malformed.TARGET_FORM),
        no(target("*"), Malformed.TARGET_FORM),
        no("OPTIONS */x HTTP/1.1\r\nHost: a.test\r\n\r\n", Malformed.TARGET_FORM),
        no(target("http:/g"), Malformed.TARGET_FORM),
        no(target("http:///g"), Malformed.TARGET_FORM),
        no(target("file:///etc/passwd"), Malformed.TARGET_FORM),
        no(target("https://a.test/g"), Malformed.TARGET_FORM),
        no(target("/g#f"), Malformed.TARGET_FRAGMENT),
        no(target("/g?a#f"), Malformed.TARGET_FRAGMENT),
        no(target("/g\\..\\a"), Malformed.TARGET_BACKSLASH),
        no(target("/g\u00e4"), Malformed.TARGET_8_BIT),
        no(target("/g\0h"), Malformed.CONTROL_BYTE),
        no(target("/%zz"), Malformed.TARGET_ESCAPE),
        no(target("/%2"), Malformed.TARGET_ESCAPE),
        no(target("/%u0041"), Malformed.TARGET_ESCAPE),
        no(target("/a%00"), Malformed.TARGET_ESCAPE),
        no(target("/.."), Malformed.PATH_ABOVE_ROOT),
        no(target("/a/..%2fadmin"), Malformed.PATH_AMBIGUOUS),
        no(target("/a/..;/admin"), Malformed.PATH_AMBIGUOUS),
        no("GET /g HTTP/1.1\r\n\r\n", Malformed.HOST),
        no("GET /g HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n", Malformed.HOST),
        no(host(""), Malformed.HOST),
        no(host("a.test, b.test"), Malformed.HOST),
        no(host("u:p@a.test"), Malformed.HOST),
        no(host("a.test b.test"), Malformed.HOST),
        no(host("a.test:99999"), Malformed.HOST),
        no(host("a.test:8o"), Malformed.HOST),
        no(host("a%2etest"), Malformed.HOST),
        no(host("*.a.test"), Malformed.HOST),
        no(host("a..test"), Malformed.HOST),
        no(host("."), Malformed.HOST),
        no(host("[::1"), Malformed.HOST),
        no(host("[]"), Malformed.HOST),
        no(host("[::1]x"), Malformed.HOST),
        no(host("a".repeat(256)), Malformed.HOST),
        no(target("http://a.test@b.test/g"), Malformed.HOST),
        no(target("http://b.test/g"), Malformed.HOST_MISMATCH),
        no(target("http://a.test:81/g"), Malformed.HOST_MISMATCH),
        no(get("Content-Length: 5\r\nContent-Length: 5\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: 5, 5\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: +5\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: -0\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length:\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: 5a\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length:\u00a05\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: 9223372036854775808\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: 99999999999999999999999999\r\n"), Malformed.CONTENT_LENGTH),
        no(get("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), Malformed.TWO_FRAMINGS),
        no(
            get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding: chunked, identity\r\n"), Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding: chunked,\r\n"), Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding: xchunked\r\n"), Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding: chun ked\r\n"), Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding:\r\n"), Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding: chunked\u0085\r\n"), Malformed.TRANSFER_ENCODING),
        no(get("Transfer-Encoding: gzip, chunked\r\n"), Malformed.TRANSFER_CODING),
        no(get("Transfer-Encoding: gzip\r\n"), Malformed.TRANSFER_CODING),
        no(
            "GET /g HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n",
            Malformed.TRANSFER_ENCODING),
        no(get("Connection: Host\r\n"), Malformed.CONNECTION),
        no(get("Connection: close, content-length\r\n"), Malformed.CONNECTION),
        no(get("Connection: close; x\r\n"), Malformed.CONNECTION),
        no(get("Expect: 200-ok\r\n"), Malformed.EXPECTATION),
        no(get("Expect: 100-continue, x\r\n"), Malformed.EXPECTATION),
        no(target("/" + "a".repeat(9000)), Malformed.LINE_TOO_LONG),
        no("GET /" + "a".repeat(9000), Malformed.LINE_TOO_LONG),
        no(get("Cookie: " + "c".repeat(17_000) + "\r\n"), Malformed.FIELD_TOO_LONG),
        no("GET /g HTTP/1.1\r\nCookie: " + "c".repeat(17_000), Malformed.FIELD_TOO_LONG),
        no(get(("X: " + "a".repeat(1000) + "\r\n").repeat(40)), Malformed.HEAD_TOO_LONG),
        no(get("X: b\r\n".repeat(256)), Malformed.TOO_MANY_FIELDS));
  }

  @TestFactory
  Stream<DynamicTest> refuses() {
    return refusals()
        .map(
            row -> {
              String shown =
                  row.request().length() > 90 ? row.request().substring(0, 90) : row.request();
              return DynamicTest.dynamicTest(
                  row.why().reason() + ": " + shown.replace("\r\n", "⏎"),
                  () -> assertThat(refusal(row.request())).isEqualTo(row.why()));
            });
  }

  @TestFactory
  Stream<DynamicTest> refusesByteByByteAsWell() {
    return refusals()
        .filter(row -> row.request().length() < 400)
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.why().reason() + ": " + row.request().replace("\r\n", "⏎"),
                    () -> {
                      byte[] in = bytes(row.request());
                      RequestHead head = new RequestHead();
                      ScanResult result = ScanResult.INCOMPLETE;
                      for (int to = OFFSET; to <= in.length; to++) {
                        result = RequestScanner.scan(in, OFFSET, to, head, false);
                        if (result != ScanResult.INCOMPLETE) {
                          break;
                        }
                      }
                      assertThat(result).isEqualTo(ScanResult.MALFORMED);
                      assertThat(head.malformed()).isEqualTo(row.why());
                    }));
  }

  private static final String RICH =
      "\r\nPOST /a%2Fb/./c?x=/../y HTTP/1.1\r\nHost: Shop.Example.COM.:8080\r\n"
          + "User-Agent: curl/8\r\nX_Odd: 1\r\nConnection: keep-alive, X-Secret\r\nX-Secret: 1\r\n"
          + "Cookie:  a=1; b=2 \t\r\nX-Empty:\r\nExpect: 100-Continue\r\nContent-Length: 005\r\n"
          + "X-Request-ID: abc\r\n\r\n";

  @Test
  void aHeadIsTheSameWhereverItWasSplit() {
    byte[] whole = bytes(RICH + "hello");
    int end = OFFSET + RICH.length();
    for (int first = OFFSET; first < end; first++) {
      RequestHead head = new RequestHead();
      // What lies behind the first part is overwritten between the two scans.
      byte[] in = whole.clone();
      java.util.Arrays.fill(in, first, in.length, (byte) '\n');
      assertThat(RequestScanner.scan(in, OFFSET, first, head, false))
          .as("split at %d", first)
          .isEqualTo(ScanResult.INCOMPLETE);
      assertThat(RequestScanner.scan(whole, OFFSET, whole.length, head, false))
          .as("split at %d", first)
          .isEqualTo(ScanResult.COMPLETE);
      if (first % 2 == 0) {
        head.detach();
      }
      checkRich(head);
    }
  }

  private static void checkRich(RequestHead head) {
    assertThat(head.length()).isEqualTo(RICH.length());
    assertThat(head.method()).isEqualTo(Method.POST);
    assertThat(head.methodName()).hasToString("POST");
    assertThat(head.target()).hasToString("/a%2Fb/./c?x=/../y");
    assertThat(head.path()).hasToString("/a/b/c");
    assertThat(head.dataPath()).hasToString("/a%2Fb/c");
    assertThat(head.wirePath()).hasToString("/a%2Fb/c");
    assertThat(head.query()).hasToString("?x=/../y");
    assertThat(head.host()).hasToString("shop.example.com");
    assertThat(head.authority()).hasToString("Shop.Example.COM.:8080");
    assertThat(head.contentLength()).isEqualTo(5);
    assertThat(head.framing()).isEqualTo(BodyFraming.LENGTH);
    assertThat(head.expectsContinue()).isTrue();
    assertThat(head.isKeepAlive()).isTrue();
    assertThat(head.text(HeaderNames.COOKIE)).isEqualTo("a=1; b=2");
    assertThat(head.text(HeaderNames.USER_AGENT)).isEqualTo("curl/8");
    assertThat(head.text(HeaderName.of("x-empty"))).isEmpty();
    assertThat(head.find(HeaderName.of("X-Secret"))).isNegative();
    assertThat(head.find(HeaderName.of("X_Odd"))).isNegative();
    assertThat(head.find(HeaderNames.AUTHORIZATION)).isNegative();
  }

  @Test
  void aHeadIsReusedWithoutTraces() {
    RequestHead head = new RequestHead();
    byte[] first = bytes(RICH);
    assertThat(RequestScanner.scan(first, OFFSET, first.length, head, false))
        .isEqualTo(ScanResult.COMPLETE);
    byte[] second = bytes("GET / HTTP/1.0\r\n\r\n");
    assertThat(RequestScanner.scan(second, OFFSET, second.length, head, false))
        .isEqualTo(ScanResult.COMPLETE);
    assertThat(head.fieldCount()).isZero();
    assertThat(head.host()).hasToString("");
    assertThat(head.query()).hasToString("");
    assertThat(head.dataPath().isEmpty()).isTrue();
    assertThat(head.contentLength()).isEqualTo(-1);
    assertThat(head.expectsContinue()).isFalse();
    assertThat(head.isKeepAlive()).isFalse();
    assertThat(head.find(HeaderNames.COOKIE)).isNegative();
  }

  @Test
  void aSlowHeadDoesNotReadItsLinesAgain() {
    StringBuilder text = new StringBuilder("GET /g HTTP/1.1\r\nHost: a.test\r\n");
    for (int i = 0; i < 200; i++) {
      text.append("X-").append(i).append(": ").append("v".repeat(100)).append("\r\n");
    }
    byte[] in = bytes(text + "\r\n");
    RequestHead head = new RequestHead();
    ScanResult result = ScanResult.INCOMPLETE;
    for (int to = OFFSET; to <= in.length; to++) {
      result = RequestScanner.scan(in, OFFSET, to, head, false);
      // A complete line that changes is not noticed, because it is not looked at again.
      if (to == OFFSET + 40) {
        in[OFFSET + 4] = '!';
      }
    }
    assertThat(result).isEqualTo(ScanResult.COMPLETE);
    assertThat(head.fieldCount()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "a.test, a.test",
    "A.TeSt, a.test",
    "a.test., a.test",
    "a.test:, a.test",
    "a.test:8080, a.test",
    "[::1]:80, [::1]",
    "10.0.0.1, 10.0.0.1",
    "a_b.test, a_b.test"
  })
  void hostsAreNormalised(String sent, String host) {
    assertThat(accepted(host(sent)).host()).hasToString(host);
    assertThat(accepted(host(sent)).authority()).hasToString(sent);
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.test, /, /, ''",
    "http://a.test?x, /, /, ?x",
    "http://A.test:80/b/../c?d, /c, /c, ?d",
    "HTTP://a.test/g, /g, /g, ''",
    "//b.test/g, /b.test/g, //b.test/g, ''"
  })
  void targetsOfEveryFormAreTaken(String target, String path, String wire, String query) {
    RequestHead head = accepted(target(target));
    assertThat(head.path()).hasToString(path);
    assertThat(head.wirePath()).hasToString(wire);
    assertThat(head.query()).hasToString(query);
    assertThat(head.host()).hasToString("a.test");
    assertThat(head.target()).hasToString(target);
  }

  @Test
  void httpsTargetsComeThroughTlsOnly() {
    RequestHead head = new RequestHead();
    byte[] in = bytes(target("https://a.test:443/g"));
    assertThat(RequestScanner.scan(in, OFFSET, in.length, head, true))
        .isEqualTo(ScanResult.COMPLETE);
    assertThat(head.path()).hasToString("/g");
  }

  @Test
  void optionsMayAskForTheServerItself() {
    RequestHead head = accepted("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n");
    assertThat(head.isAsterisk()).isTrue();
    assertThat(accepted(get("")).isAsterisk()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|Connection: Upgrade#Upgrade: websocket#|WEBSOCKET",
        "GET|Connection: keep-alive, upgrade#Upgrade: h2c, WebSocket#|WEBSOCKET",
        "POST|Connection: Upgrade#Upgrade: SPDY/3.1#Content-Length: 0#|SPDY_3_1",
        "GET|Connection: Upgrade, HTTP2-Settings#Upgrade: h2c#HTTP2-Settings: AA#|NONE",
        "GET|Upgrade: websocket#|NONE",
        "GET|Connection: Upgrade#|NONE",
        "POST|Connection: Upgrade#Upgrade: websocket#Content-Length: 5#|NONE"
      })
  void onlyKnownUpgradesAreSeen(String method, String lines, Upgrade upgrade) {
    RequestHead head =
        accepted(method + " /g HTTP/1.1\r\nHost: a.test\r\n" + lines.replace("#", "\r\n") + "\r\n");
    assertThat(head.upgrade()).isEqualTo(upgrade);
  }

  @Test
  void keepAliveFollowsVersionAndConnection() {
    assertThat(accepted(get("")).isKeepAlive()).isTrue();
    assertThat(accepted(get("Connection: X-A\r\nConnection: CLOSE\r\n")).isKeepAlive()).isFalse();
    assertThat(accepted("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").isKeepAlive()).isTrue();
    assertThat(accepted("GET / HTTP/1.0\r\n\r\n").isKeepAlive()).isFalse();
  }

  @Test
  void repeatedFieldsAreFoundOneAfterAnother() {
    RequestHead head = accepted(get("Cookie: a\r\nX-T: 1\r\nX-Y: b\r\ncookie: c\r\nx-t: 2\r\n"));
    Slice value = new Slice();
    int first = head.find(HeaderNames.COOKIE);
    int second = head.next(HeaderNames.COOKIE, first);
    assertThat(head.value(second, value)).hasToString("c");
    assertThat(head.next(HeaderNames.COOKIE, second)).isNegative();
    HeaderName other = HeaderName.of("X-T");
    assertThat(head.value(head.next(other, head.find(other)), value)).hasToString("2");
  }

  @Test
  void everyKnownNameHasItsOwnNumber() {
    for (int id = 0; id < KnownNames.SLOTS; id++) {
      for (int other = 0; other < id; other++) {
        assertThat(KnownNames.NAMES[id]).isNotEqualTo(KnownNames.NAMES[other]);
      }
      byte[] name = Octets.ascii(KnownNames.NAMES[id].toUpperCase(java.util.Locale.ROOT));
      assertThat(KnownNames.find(name, 0, name.length)).isEqualTo(id);
    }
    assertThat(KnownNames.NAMES[KnownNames.COOKIE]).isEqualTo("cookie");
    assertThat(KnownNames.NAMES[KnownNames.X_SCHEME]).isEqualTo("x-scheme");
    assertThat(KnownNames.SLOTS).isLessThan(KnownNames.ORDER_TO_PROXY);
  }
}
