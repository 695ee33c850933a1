package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.OtlpReceiver.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Traces, from the fields of a client to the spans at a collector that decodes them.
@ExtendWith(LeakCheck.class)
class TracingIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SENDER = "b7ad6b7169203331";
  private static final String CAME = "-H 'traceparent: 00-" + TRACE + "-" + SENDER + "-01'";
  private static final String DELAY = "otel-schedule-delay-millis";
  private static final Pattern SENT =
      Pattern.compile("(?m)^Traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])$");

  @TempDir private Path folder;
  @TempDir private Path logs;

  private IngressSite site(OtlpReceiver collector, String annotation, String... keys)
      throws Exception {
    return site(80, collector, annotation, keys);
  }

  private IngressSite site(int port, OtlpReceiver collector, String annotation, String... keys)
      throws Exception {
    String config =
        IngressSite.config(
            "otlp-collector-host: otel.default.svc",
            "otlp-collector-port: '" + port + "'",
            "log-format-upstream: '$request_uri $opentelemetry_trace_id $opentelemetry_span_id'",
            keys.length > 0 && keys[keys.length - 1].startsWith(DELAY) ? "" : DELAY + ": '50'",
            String.join("\n  ", keys));
    return IngressSite.startLogging(
        folder,
        logs.resolve("access.log").toString(),
        config,
        IngressSite.service("otel", collector.port(), "127.0.0.1")
            .replace("port: 80,", "port: " + port + ","),
        IngressSite.ingress("a.test", annotation));
  }

  private static Matcher sent(String answer) {
    Matcher field = SENT.matcher(answer);
    assertThat(field.find()).as(answer).isTrue();
    return field;
  }

  @Test
  void aSpanGoesOnWithTheTraceOfItsClient() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        IngressSite site =
            site(collector, "enable-opentelemetry: true", "otel-service-name: edge")) {
      String answer =
          site.answer("a.test", "/shop?secret=1", CAME + " -H 'tracestate: a=1' -A agent");
      Matcher field = sent(answer);
      assertThat(field.group(1)).isEqualTo(TRACE);
      assertThat(field.group(2)).isNotEqualTo(SENDER);
      assertThat(answer).contains("Tracestate: a=1");

      Span span = collector.await(1).getFirst();
      assertThat(span.service()).isEqualTo("edge");
      assertThat(span.trace()).isEqualTo(TRACE);
      assertThat(span.id()).isEqualTo(field.group(2));
      assertThat(span.parent()).isEqualTo(SENDER);
      assertThat(span.name()).isEqualTo("GET /");
      assertThat(span.kind()).isEqualTo(2);
      assertThat(span.status()).isZero();
      assertThat(span.end()).isBetween(span.start(), span.start() + 20_000_000_000L);
      assertThat(Math.abs(span.end() / 1_000_000 - System.currentTimeMillis())).isLessThan(30_000);
      assertThat(span.attributes())
          .containsEntry("http.request.method", "GET")
          .containsEntry("url.path", "/shop")
          .containsEntry("url.scheme", "http")
          .containsEntry("server.address", "a.test")
          .containsEntry("client.address", "127.0.0.1")
          .containsEntry("user_agent.original", "agent")
          .containsEntry("http.response.status_code", "200")
          .containsEntry("http.route", "/")
          .containsEntry("ingress.namespace", "default")
          .containsEntry("ingress.name", "a.test")
          .containsEntry("ingress.service_name", "web")
          .containsEntry("ingress.upstream.tries", "1");
      assertThat(span.attributes().values()).noneMatch(value -> value.contains("secret"));
    }
    assertThat(Files.readString(logs.resolve("access.log"))).contains("/shop?secret=1 " + TRACE);
  }

  @Test
  void spansGoTogetherAndAreNamedAsTheConfigMapSays() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.http();
        IngressSite site =
            site(
                4318,
                collector,
                "upstream-vhost: b.test",
                "enable-opentelemetry: 'true'",
                "opentelemetry-operation-name: 'HTTP $request_method $service_name $uri'",
                "otel-max-export-batch-size: '3'",
                DELAY + ": '300'")) {
      Shell.run(
          "curl -s -o /dev/null -H 'Host: a.test' 'http://127.0.0.1:"
              + site.httpPort()
              + "/[1-7]'");
      List<Span> spans = collector.await(7);
      assertThat(spans).hasSize(7).allMatch(span -> span.parent().isEmpty());
      assertThat(spans).extracting(Span::trace).doesNotHaveDuplicates();
      assertThat(spans).extracting(Span::name).contains("HTTP GET web /1", "HTTP GET web /7");
      assertThat(spans).extracting(Span::service).containsOnly("nginx");
      assertThat(collector.requests()).isBetween(3, 6);
    }
  }

  @Test
  void nobodyIsBelievedWhereThatIsSaid() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        IngressSite site =
            site(
                collector,
                "opentelemetry-trust-incoming-span: false",
                "enable-opentelemetry: 'true'")) {
      String answer =
          site.answer(
              "a.test", "/", CAME + " -H 'tracestate: a=1' -H 'b3: 0' -H 'X-B3-Sampled: 0'");
      assertThat(sent(answer).group(1)).isNotEqualTo(TRACE);
      assertThat(sent(answer).group(3)).isEqualTo("1");
      assertThat(answer).doesNotContainIgnoringCase("tracestate").doesNotContain("B3");
      assertThat(collector.await(1).getFirst().parent()).isEmpty();
    }
  }

  @Test
  void b3IsReadAndItsDecisionCounts() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        IngressSite site =
            site(
                collector,
                "enable-opentelemetry: true",
                "otel-sampler: TraceIdRatioBased",
                "otel-sampler-ratio: '0'")) {
      String one = "-H 'b3: " + TRACE + "-" + SENDER + "-1'";
      assertThat(sent(site.answer("a.test", "/one", one)).group(1)).isEqualTo(TRACE);
      String several =
          "-H 'X-B3-TraceId: A2FB4A1D1A96D312' -H 'X-B3-SpanId: 0020000000000001'"
              + " -H 'X-B3-Sampled: 0'";
      Matcher other = sent(site.answer("a.test", "/several", several));
      assertThat(other.group(1)).isEqualTo("0000000000000000a2fb4a1d1a96d312");
      assertThat(other.group(3)).isEqualTo("0");
      // Nobody decided about this one, and the sampler takes none.
      assertThat(sent(site.answer("a.test", "/none", "")).group(3)).isEqualTo("0");
      assertThat(site.status("a.test", "/again", one)).isEqualTo("200");

      List<Span> spans = collector.await(2);
      assertThat(spans)
          .extracting(span -> span.attributes().get("url.path"))
          .containsExactlyInAnyOrder("/one", "/again");
      assertThat(spans).extracting(Span::parent).containsOnly(SENDER);
    }
  }

  @Test
  void requestsThatAreRefusedAreTracedAsWell() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        IngressSite site =
            site(collector, "denylist-source-range: 127.0.0.1", "enable-opentelemetry: 'true'")) {
      assertThat(site.status("a.test", "/", "")).isEqualTo("403");
      Span span = collector.await(1).getFirst();
      assertThat(span.attributes())
          .containsEntry("http.response.status_code", "403")
          .doesNotContainKey("ingress.upstream.tries");
    }
  }

  @Test
  void aCollectorThatRefusesOrIsGoneCostsSpansAndNothingElse() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        IngressSite site =
            site(
                collector,
                "enable-opentelemetry: true",
                "otel-max-queuesize: '4'",
                DELAY + ": '20'")) {
      collector.grpcStatus = "8";
      assertThat(site.status("a.test", "/", "")).isEqualTo("200");
      awaitMetric(site, "lintel_trace_spans_lost_total", 1);
      collector.grpcStatus = "0";
      assertThat(site.status("a.test", "/", "")).isEqualTo("200");
      awaitMetric(site, "lintel_trace_spans_exported_total", 1);
      collector.close();
      for (int i = 0; i < 20; i++) {
        assertThat(site.status("a.test", "/", "")).isEqualTo("200");
      }
      awaitMetric(site, "lintel_trace_spans_lost_total", 21);
    }
  }

  private static void awaitMetric(IngressSite site, String name, long wanted) throws Exception {
    Pattern sample = Pattern.compile("(?m)^" + name + "\\{.*} (\\d+)$");
    long until = System.nanoTime() + 20_000_000_000L;
    long value = -1;
    while (value != wanted && System.nanoTime() < until) {
      Thread.sleep(20);
      Matcher found =
          sample.matcher(Shell.run("curl -s http://127.0.0.1:" + site.adminPort() + "/metrics"));
      value = found.find() ? Long.parseLong(found.group(1)) : -1;
    }
    assertThat(value).as(name).isEqualTo(wanted);
  }

  @Test
  void whatIsNotTracedIsLeftAlone() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.grpc();
        IngressSite site =
            site(collector, "enable-opentelemetry: false", "enable-opentelemetry: 'true'")) {
      String answer = site.answer("a.test", "/", CAME);
      assertThat(answer).contains("Traceparent: 00-" + TRACE + "-" + SENDER + "-01");
      assertThat(site.answer("a.test", "/", "")).doesNotContain("Traceparent");
      assertThat(collector.requests()).isZero();
    }
  }
}
