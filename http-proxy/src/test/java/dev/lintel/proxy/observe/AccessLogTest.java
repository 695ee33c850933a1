package dev.lintel.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-24T22:14:15.067Z"));
  private static final ZoneId ZONE = ZoneId.of("+01:00");

  private final SampleRequest request = new SampleRequest();

  @Test
  void writesIngressNginxsLine() throws IOException {
    assertThat(line(LogFormat.UPSTREAM))
        .isEqualTo(
            "203.0.113.9 - - [24/Nov/2026:23:14:15 +0100] \"GET /cart?item=7 HTTP/1.1\" 200 612"
                + " \"https://shop.example.com/\" \"curl/8.9.1\" 345 0.012 [default-shop-80] []"
                + " 10.0.0.7:8080 612 0.011 200 0123456789abcdef0123456789abcdef\n");
  }

  @Test
  void listsEveryTry() throws IOException {
    request.tries = 2;
    request.statuses[0] = 502;
    request.lengths[0] = 0;
    request.connectNanos[0] = -1;

    assertThat(
            line(
                "$upstream_addr|$upstream_status|$upstream_response_length|"
                    + "$upstream_response_time|$upstream_connect_time"))
        .isEqualTo("10.0.0.7:8080, 10.0.0.8:8080|502, 200|0, 612|0.011, 0.001|-, 0.000\n");
  }

  @Test
  void aRequestThatWentNowhereHasDashes() throws IOException {
    request.tries = 0;
    request.target = new Slice();
    request.labels = RouteLabels.NONE;
    request.status = 0;

    assertThat(line("$request|$upstream_addr|$upstream_status|$proxy_upstream_name|$status"))
        .isEqualTo("|-|-|-|000\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "$request_method ${request_uri} $uri $args~GET /cart?item=7 /cart item=7",
        "$scheme://$host$https $http_host~https://shop.example.comon Shop.example.com:8443",
        "$namespace/$ingress_name $service_name:$service_port~default/shop shop:80",
        "$time_iso8601 $msec~2026-11-24T23:14:15+01:00 1795558455.067",
        "$bytes_sent $connection $connection_requests $remote_port~800 17 3 50123",
        "$the_real_ip $realip_remote_addr $pass_access_scheme~203.0.113.9 10.0.0.1 https",
        "$server_protocol $server_name $location_path~HTTP/1.1 shop.example.com /",
        "costs 5$ or $$ or ${status~costs 5- or -- or -",
        "a$geoip_city.b~a-.b"
      })
  void knowsNginxsVariables(String format, String expected) throws IOException {
    assertThat(line(format)).isEqualTo(expected + "\n");
  }

  @Test
  void namesWhatItDoesNotKnow() {
    assertThat(LogFormat.compile("$status $geoip_city ${lua} $").unknownVariables())
        .containsExactly("$geoip_city", "$lua", "$");
    assertThat(LogFormat.compile(LogFormat.UPSTREAM).unknownVariables()).isEmpty();
  }

  @Test
  void showsFieldsCookiesAndArgumentsByTheirNames() throws IOException {
    request.target = Slice.of("/cart?item=7&id=&Size=xl");

    assertThat(line("$http_x_tenant|$http_user_agent|$cookie_route|$cookie_no|$arg_size|$arg_id"))
        .isEqualTo("-|curl/8.9.1|k|-|xl|-\n");
  }

  @Test
  void showsFieldsOfTheAnswerAndOfTheUpstreams() throws IOException {
    LogFormat format =
        LogFormat.compile(
            "$sent_http_content_type|$sent_http_x|$sent_http_content_length"
                + "|$upstream_http_content_type|$upstream_http_location");
    ResponseHead head = new ResponseHead();
    head.answer(200, 612);
    head.set(HeaderNames.CONTENT_TYPE, "text/\"a\"".getBytes(StandardCharsets.US_ASCII));
    request.sent.keep(format.sentFields(), head);
    assertThat(line(format)).isEqualTo("text/\\x22a\\x22|-|612|-|-\n");

    head.set(HeaderNames.LOCATION, "l".repeat(9_000).getBytes(StandardCharsets.US_ASCII));
    request.received.keep(format.upstreamFields(), head);
    assertThat(line(format))
        .startsWith("text/\\x22a\\x22|-|612|text/\\x22a\\x22|lll")
        .hasSize(8_221);
    assertThat(format.unknownVariables()).isEmpty();
  }

  @Test
  void showsWhatTlsAgreedOnAndTheTrace() throws IOException {
    byte[] trace =
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            .getBytes(StandardCharsets.US_ASCII);
    assertThat(line("$opentelemetry_trace_id")).isEqualTo("-\n");
    request.trace.set(trace, 0, trace.length);
    assertThat(line("$ssl_protocol|$ssl_cipher|$ssl_client_verify|$ssl_client_s_dn|$server_port"))
        .isEqualTo("TLSv1.3|TLS_AES_128_GCM_SHA256|NONE|-|8443\n");
    assertThat(line("$opentelemetry_trace_id $opentelemetry_span_id"))
        .isEqualTo("0af7651916cd43dd8448eb211c80319c b7ad6b7169203331\n");
    assertThat(line("$is_args|$document_uri|$upstream_cache_status")).isEqualTo("?|/cart|-\n");
  }

  @Test
  void noClientForgesALine() throws IOException {
    request.fields[0] = Slice.of("a\"b\\c\r\n1.2.3.4 - root\u001b[31m\u00e9");

    assertThat(line("$http_referer"))
        .isEqualTo("a\\x22b\\x5Cc\\x0D\\x0A1.2.3.4 - root\\x1B[31m\\xE9\n");
    assertThat(
            line(
                LogFormat.compile("{\"r\":\"$http_referer\",\"u\":\"$remote_user\"}", Escape.JSON)))
        .startsWith("{\"r\":\"a\\\"b\\\\c\\u000D\\u000A1.2.3.4 - root\\u001B[31m")
        .endsWith("\",\"u\":\"\"}\n");
  }

  @Test
  void aLineOfAnyLengthEndsWithALineFeed() throws IOException {
    request.fields[0] = Slice.of("\u0001".repeat(20_000));

    String line = line("$http_referer $http_referer $status $request_time $namespace");
    assertThat(line).hasSize(LogLine.LONGEST).endsWith("\n");
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
  }

  @Test
  void linesOfAllLoopsArriveWholeAndInOrder() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogFormat format = LogFormat.compile("$http_referer $http_user_agent");
    int lines = 3_000;
    try (AccessLog log = AccessLog.to(out, CLOCK, ZONE)) {
      Thread[] loops = new Thread[2];
      for (int t = 0; t < loops.length; t++) {
        String name = "loop" + t;
        loops[t] = new Thread(() -> writeNumbered(log.newLoop(), format, name, lines));
        loops[t].start();
      }
      for (Thread loop : loops) {
        loop.join();
      }
      log.close();
      assertThat(log.lostLines()).isZero();
    }
    int[] next = new int[2];
    for (String line : out.toString(StandardCharsets.US_ASCII).split("\n")) {
      int loop = line.charAt(4) - '0';
      assertThat(line).isEqualTo("loop" + loop + " " + next[loop]++);
    }
    assertThat(next).containsExactly(lines, lines);
  }

  @Test
  void aStreamThatBlocksLosesLinesAndNeverTheLoop() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {}

          @Override
          public void write(byte[] b, int off, int len) throws IOException {
            stuck.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    try (AccessLog log = AccessLog.to(out, CLOCK, ZONE)) {
      LoopLog loop = log.newLoop();
      loop.write(log.format(), request);
      stuck.await();
      for (int i = 0; i < 10_000; i++) {
        loop.write(log.format(), request);
      }
      assertThat(log.lostLines()).isBetween(5_000L, 9_999L);
      release.countDown();
    }
  }

  @Test
  void aStreamThatFailsIsCounted() {
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("disk full");
          }
        };
    AccessLog log = AccessLog.to(out, CLOCK, ZONE);
    log.newLoop().write(log.format(), request);
    log.close();

    assertThat(log.failedWrites()).isEqualTo(1);
  }

  private static void writeNumbered(LoopLog loop, LogFormat format, String name, int lines) {
    SampleRequest request = new SampleRequest();
    request.fields[0] = Slice.of(name);
    for (int i = 0; i < lines; i++) {
      request.fields[1] = Slice.of(Integer.toString(i));
      loop.write(format, request);
    }
  }

  private String line(String format) throws IOException {
    return line(LogFormat.compile(format));
  }

  private String line(LogFormat format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLog log = AccessLog.to(out, CLOCK, ZONE)) {
      log.newLoop().write(format, request);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }
}
