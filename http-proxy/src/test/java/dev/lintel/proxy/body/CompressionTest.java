package dev.lintel.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which responses are compressed, and how.
class CompressionTest {
  private static final Compression RULE =
      gzip(256, CompressionTest::isOld, "application/json", "Text/CSS");

  private static final ResponseHead HTML = response("200 OK", "Content-Type: text/html");

  private final Slice scratch = new Slice();

  private static boolean isOld(Slice agent) {
    return agent.toString().contains("Old");
  }

  private static Compression gzip(long shortest, Predicate<Slice> excluded, String... types) {
    ContentTypes list = new ContentTypes(List.of(types));
    return new Compression(List.of(new CodingRule(Coding.GZIP, 1, shortest, list)), excluded);
  }

  private static CodingRule rule(Coding coding) {
    return new CodingRule(coding, 1, 0, new ContentTypes(List.of()));
  }

  private Coding chosen(Compression rules, ResponseHead response, String... fields) {
    byte[] in =
        ("GET / HTTP/1.1\r\nHost: a.test\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    RequestHead head = new RequestHead();
    assertThat(RequestScanner.scan(in, 0, in.length, head, false)).isEqualTo(ScanResult.COMPLETE);
    CodingRule rule = rules.choose(response, head, scratch);
    return rule == null ? null : rule.coding();
  }

  private boolean isWanted(String... fields) {
    return chosen(RULE, HTML, fields) != null;
  }

  private static ResponseHead response(String start, String... fields) {
    byte[] in =
        ("HTTP/1.1 " + start + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    ResponseHead head = new ResponseHead();
    assertThat(ResponseScanner.scan(in, 0, in.length, head, false)).isEqualTo(ScanResult.COMPLETE);
    return head;
  }

  private boolean concerns(String start, String... fields) {
    return RULE.concerns(response(start, fields), scratch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "GZip",
        "br, gzip",
        "br;q=1.0,\tgzip ; q=0.001 , *;q=0",
        "gzip;Q=1",
        "deflate, gzip;q=1.000"
      })
  void whoNamesTheCodingGetsIt(String accept) {
    assertThat(isWanted("Accept-Encoding: " + accept)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "br",
        "*",
        "gzip;q=0",
        "gzip; q=0.000",
        "gzip;q=",
        "gzip;q=high",
        "gzip;x=1",
        "gzip;q=1 0",
        "xgzip",
        "gzipx, x-gzip",
        "identity"
      })
  void whoDoesNotGetsTheResponseAsItIs(String accept) {
    assertThat(isWanted("Accept-Encoding: " + accept)).isFalse();
  }

  @Test
  void thereMayBeSeveralFieldsOrNone() {
    assertThat(isWanted("Accept-Encoding: br", "Accept-Encoding: gzip")).isTrue();
    assertThat(isWanted("Accept: gzip")).isFalse();
  }

  @Test
  void someClientsAreLeftOut() {
    assertThat(isWanted("Accept-Encoding: gzip", "User-Agent: New/1")).isTrue();
    assertThat(isWanted("Accept-Encoding: gzip", "User-Agent: Old/1")).isFalse();
  }

  @Test
  void typeStatusAndLengthDecide() {
    String json = "Content-Type: application/json";
    assertThat(concerns("200 OK", json, "Content-Length: 256")).isTrue();
    assertThat(concerns("200 OK", json, "Content-Length: 255")).isFalse();
    assertThat(concerns("200 OK", json, "Transfer-Encoding: chunked")).isTrue();
    assertThat(concerns("403 No", json, "Transfer-Encoding: chunked")).isTrue();
    assertThat(concerns("404 No", json, "Transfer-Encoding: chunked")).isTrue();
    assertThat(concerns("201 OK", json, "Transfer-Encoding: chunked")).isFalse();
    assertThat(concerns("206 OK", json, "Transfer-Encoding: chunked")).isFalse();
    assertThat(concerns("500 No", json, "Transfer-Encoding: chunked")).isFalse();
    assertThat(concerns("200 OK", "Content-Type: text/HTML; charset=utf-8")).isTrue();
    assertThat(concerns("200 OK", "Content-Type: text/css")).isTrue();
    assertThat(concerns("200 OK", "Content-Type: text/cssx")).isFalse();
    assertThat(concerns("200 OK", "Content-Type: image/png")).isFalse();
    assertThat(concerns("200 OK", "X: y")).isFalse();
  }

  @Test
  void whatHasACodingOrMustStayAsItIsStaysAsItIs() {
    String html = "Content-Type: text/html";
    assertThat(concerns("200 OK", html, "Content-Encoding: br")).isFalse();
    assertThat(concerns("200 OK", html, "Content-Encoding:")).isTrue();
    assertThat(concerns("200 OK", html, "Content-Range: bytes 0-1/2")).isFalse();
    assertThat(concerns("200 OK", html, "Cache-Control: private, No-Transform")).isFalse();
    assertThat(concerns("200 OK", html, "Cache-Control: private, no-transformx")).isTrue();
  }

  @Test
  void allTypesAreNoStreamsOfEventsAndNoCalls() {
    Compression all = gzip(0, null, "*");
    assertThat(all.concerns(response("200 OK", "Content-Type: image/png"), scratch)).isTrue();
    assertThat(all.concerns(response("200 OK", "Content-Type: text/event-stream"), scratch))
        .isFalse();
    assertThat(all.concerns(response("200 OK", "Content-Type: application/grpc+proto"), scratch))
        .isFalse();
    Compression named = gzip(0, null, "text/event-stream");
    assertThat(named.concerns(response("200 OK", "Content-Type: text/event-stream"), scratch))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gzip, deflate, br, zstd       | BROTLI
          gzip, zstd                    | ZSTD
          gzip                          | GZIP
          gzip;q=1, br;q=0.9, zstd;q=.8 | GZIP
          br;q=0.5, zstd;q=0.501        | ZSTD
          br;q=0.8, gzip;q=0.8          | BROTLI
          br;q=0, zstd;q=0.001          | ZSTD
          br;q=1.000, gzip;q=1          | BROTLI
          br;q=0.0001, gzip;q=0.002     | GZIP
          BR ; q=0.7, zstd;q=x          | BROTLI
          *                             |
          identity;q=0, *               |
          br;q=0, gzip;q=0.0            |
          brotli, zst                   |
          """)
  void clientsGetWhatTheyLikeMost(String accept, Coding expected) {
    Compression all =
        new Compression(List.of(rule(Coding.GZIP), rule(Coding.ZSTD), rule(Coding.BROTLI)), null);
    assertThat(chosen(all, HTML, "Accept-Encoding: " + accept)).isEqualTo(expected);
  }

  @Test
  void eachCodingHasItsOwnTypesAndLength() {
    ContentTypes none = new ContentTypes(List.of());
    ContentTypes json = new ContentTypes(List.of("application/json"));
    Compression two =
        new Compression(
            List.of(
                new CodingRule(Coding.GZIP, 1, 20, json),
                new CodingRule(Coding.BROTLI, 1, 1000, none)),
            null);
    String both = "Accept-Encoding: br, gzip";
    assertThat(chosen(two, HTML, both)).isEqualTo(Coding.BROTLI);
    assertThat(chosen(two, response("200 OK", "Content-Type: application/json"), both))
        .isEqualTo(Coding.GZIP);
    ResponseHead shorter = response("200 OK", "Content-Type: text/html", "Content-Length: 999");
    assertThat(chosen(two, shorter, both)).isEqualTo(Coding.GZIP);
    assertThat(two.concerns(shorter, scratch)).isTrue();
    assertThat(chosen(two, shorter, "Accept-Encoding: br")).isNull();
    assertThat(
            two.concerns(
                response("200 OK", "Content-Type: text/html", "Content-Length: 19"), scratch))
        .isFalse();
  }

  @Test
  void someClientsAreLeftOutOfGzipOnly() {
    Compression all =
        new Compression(List.of(rule(Coding.GZIP), rule(Coding.BROTLI)), CompressionTest::isOld);
    String agent = "User-Agent: Old/1";
    assertThat(chosen(all, HTML, "Accept-Encoding: gzip", agent)).isNull();
    assertThat(chosen(all, HTML, "Accept-Encoding: br;q=0.5, gzip", agent))
        .isEqualTo(Coding.BROTLI);
  }

  @Test
  void theHeadNamesTheCoding() {
    ResponseHead head = response("200 OK", "Content-Type: text/html", "ETag: \"one\"");
    Compression.describe(head, Coding.ZSTD, scratch);
    assertThat(head.value(HeaderName.of("Content-Encoding"), scratch)).isTrue();
    assertThat(scratch).hasToString("zstd");
    assertThat(head.value(HeaderName.of("ETag"), scratch)).isTrue();
    assertThat(scratch).hasToString("W/\"one\"");
  }
}
