package dev.lintel.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.Method;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {
  private static final MetricsOptions OPTIONS =
      MetricsOptions.of("k8s.io/ingress-nginx", "ingress", "pod-1");
  private static final String COMMON =
      "controller_class=\"k8s.io/ingress-nginx\",controller_namespace=\"ingress\","
          + "controller_pod=\"pod-1\"";
  private static final String ROUTE =
      "path=\"/\",namespace=\"default\",ingress=\"shop\",service=\"shop\",canary=\"\"";
  private static final String SHOP =
      "status=\"200\",method=\"GET\"," + ROUTE + ",host=\"shop.example.com\"," + COMMON;
  private static final String PREFIX = "nginx_ingress_controller_";

  private final Metrics metrics = new Metrics(OPTIONS);
  private final SampleRequest request = new SampleRequest();

  @Test
  void addsUpWhatTheLoopsCounted() throws IOException {
    MetricShard one = metrics.newShard();
    MetricShard other = metrics.newShard();
    one.onRequestEnded(request);
    one.onRequestEnded(request);
    other.onRequestEnded(request);
    request.status = 404;
    request.method = Method.POST;
    other.onRequestEnded(request);

    assertThat(scrape())
        .contains("# TYPE nginx_ingress_controller_requests counter")
        .contains(PREFIX + "requests{" + SHOP + "} 3")
        .contains(PREFIX + "requests{" + SHOP.replace("200", "404").replace("GET", "POST") + "} 1")
        .contains(PREFIX + "nginx_process_requests_total{" + COMMON + "} 4");
  }

  @Test
  void sortsIntoBucketsAsPrometheusReadsThem() throws IOException {
    request.durationNanos = 25_000_000; // a bound belongs to its bucket
    MetricShard shard = metrics.newShard();
    shard.onRequestEnded(request);

    assertThat(scrape())
        .contains(bucket("request_duration_seconds", "0.01", 0))
        .contains(bucket("request_duration_seconds", "0.025", 1))
        .contains(bucket("request_duration_seconds", "10", 1))
        .contains(bucket("request_duration_seconds", "+Inf", 1))
        .contains(PREFIX + "request_duration_seconds_sum{" + SHOP + "} 0.025")
        .contains(PREFIX + "request_duration_seconds_count{" + SHOP + "} 1")
        .contains(bucket("connect_duration_seconds", "0.005", 1))
        .contains(bucket("header_duration_seconds", "0.01", 0))
        .contains(bucket("response_duration_seconds", "0.025", 1))
        .contains(bucket("request_size", "100", 0))
        .contains(PREFIX + "request_size_sum{" + SHOP + "} 345")
        .contains(PREFIX + "response_size_sum{" + SHOP + "} 800")
        .contains(bucket("bytes_sent", "100", 0))
        .contains(bucket("bytes_sent", "1000", 1))
        .contains(bucket("bytes_sent", "1e+06", 1));
  }

  @Test
  void aRetriedRequestHasNoTimesOfItsEndpoint() throws IOException {
    request.tries = 2;
    metrics.newShard().onRequestEnded(request);

    assertThat(scrape())
        .contains(PREFIX + "response_duration_seconds_count{" + SHOP + "} 0")
        .contains(PREFIX + "request_duration_seconds_count{" + SHOP + "} 1")
        .contains("lintel_upstream_retries_total{" + COMMON + "} 1");
  }

  @Test
  void countsRefusalsByReasonAndByWhoseFault() throws IOException {
    MetricShard shard = metrics.newShard();
    shard.onFailure(ProxyFailure.request(Malformed.BARE_LF));
    shard.onFailure(ProxyFailure.request(Malformed.BARE_LF));
    shard.onFailure(ProxyFailure.response(Malformed.BARE_LF));
    request.failure = ProxyFailure.CONNECT_FAILED;
    shard.onRequestEnded(request);

    assertThat(scrape())
        .contains(failures("bare-lf", "client", 2))
        .contains(failures("bare-lf", "upstream", 1))
        .contains(failures("connect-failed", "upstream", 1))
        .doesNotContain("reason=\"bare-cr\"");
  }

  @Test
  void requestsForUnknownHostsMakeNoSeries() throws IOException {
    request.labels = RouteLabels.NONE;
    metrics.newShard().onRequestEnded(request);

    assertThat(scrape())
        .doesNotContain(PREFIX + "requests{")
        .contains(PREFIX + "nginx_process_requests_total{" + COMMON + "} 1");
  }

  @Test
  void withoutHostsAndWithClassesThereAreFewerSeries() throws IOException {
    Metrics few =
        new Metrics(
            new MetricsOptions(
                "c", "n", "p", false, true, List.of(1.0), List.of(10.0), List.of(10.0)));
    MetricShard shard = few.newShard();
    shard.onRequestEnded(request);
    request.labels = labels("other.example.com");
    request.status = 204;
    shard.onRequestEnded(request);

    assertThat(scrape(few))
        .contains("requests{status=\"2xx\",method=\"GET\"," + ROUTE + ",controller_class=\"c\"")
        .contains("controller_pod=\"p\"} 2\n")
        .doesNotContain("host=");
  }

  @Test
  void seriesOfRemovedRoutesGoAndOthersGoOn() throws IOException {
    MetricShard shard = metrics.newShard();
    shard.onRequestEnded(request);
    request.labels = labels("other.example.com");
    shard.onRequestEnded(request);
    RouteLabels equal = labels("shop.example.com");
    metrics.keepOnly(List.of(equal));
    request.labels = equal;
    shard.onRequestEnded(request);

    assertThat(scrape())
        .contains(PREFIX + "requests{" + SHOP + "} 2")
        .doesNotContain("other.example.com");
  }

  @Test
  void onlySoManyHostsAndPathsHaveSeriesOfTheirOwn() throws IOException {
    Metrics few = new Metrics(limited(new MetricsOptions.Limits(false, Set.of(), 1, 2)));
    MetricShard one = few.newShard();
    MetricShard other = few.newShard();
    one.onRequestEnded(request);
    request.labels = labels("b.example.com");
    one.onRequestEnded(request);
    other.onRequestEnded(request);
    request.labels = labels("c.example.com");
    other.onRequestEnded(request);
    request.labels = path("shop.example.com", "/more");
    other.onRequestEnded(request);

    assertThat(scrape(few))
        .contains("path=\"/\"" + REST + "shop.example.com\"," + COMMON + "} 1\n")
        .contains("path=\"/\"" + REST + "_other\"," + COMMON + "} 3\n")
        .contains("path=\"_other\"" + REST + "shop.example.com\"," + COMMON + "} 1\n")
        .doesNotContain("b.example.com", "c.example.com", "/more")
        .contains(folded("host", 3))
        .contains(folded("path", 1));

    RouteLabels stays = labels("c.example.com");
    few.keepOnly(List.of(stays));
    request.labels = stays;
    one.onRequestEnded(request);
    assertThat(scrape(few))
        .contains("path=\"/\"" + REST + "c.example.com\"," + COMMON + "} 1\n")
        .doesNotContain("shop.example.com");
  }

  @Test
  void anUpstreamCannotMakeUpStatusesWithoutEnd() throws IOException {
    MetricShard shard = metrics.newShard();
    for (int status = 200; status < 300; status++) {
      request.status = status;
      shard.onRequestEnded(request);
    }

    String scrape = scrape();
    assertThat(scrape)
        .contains("requests{status=\"200\"", "requests{status=\"263\"")
        .doesNotContain("status=\"264\"")
        .contains(PREFIX + "requests{" + SHOP.replace("200", "2xx") + "} 36")
        .contains(folded("status", 36));
  }

  @Test
  void whatIsExcludedIsNeitherKeptNorShown() throws IOException {
    Set<String> names = Set.of("response_size", PREFIX + "requests");
    Metrics few = new Metrics(limited(new MetricsOptions.Limits(false, names, 9, 9)));
    few.newShard().onRequestEnded(request);

    assertThat(scrape(few))
        .doesNotContain("response_size", PREFIX + "requests")
        .contains(PREFIX + "request_size_sum{" + SHOP + "} 345")
        .contains(PREFIX + "bytes_sent_sum{" + SHOP + "} 800");
  }

  @Test
  void requestsForUnknownHostsAreCountedWhereThatIsWanted() throws IOException {
    Metrics all = new Metrics(limited(new MetricsOptions.Limits(true, Set.of(), 9, 9)));
    request.labels = RouteLabels.NONE;
    all.newShard().onRequestEnded(request);

    assertThat(scrape(all)).contains("canary=\"\",host=\"_\"," + COMMON + "} 1\n");
  }

  @Test
  void aScrapeHoldsWhatIsDeclaredAndNothingElse() throws IOException {
    everythingHappens();
    Map<String, String> found = new TreeMap<>();
    for (String line : scrape().split("\n")) {
      String[] words = line.split(" ", 4);
      if (words[1].equals("HELP")) {
        found.put(words[2], words[3]);
      } else if (words[1].equals("TYPE")) {
        found.merge(words[2], " (" + words[3] + ")", String::concat);
      } else if (line.contains("{")) {
        String labels = line.substring(line.indexOf('{') + 1, line.lastIndexOf('}'));
        String family = line.substring(0, line.indexOf('{')).replaceFirst(PARTS, "");
        Set<String> names = new TreeSet<>();
        LABEL.matcher(labels).results().forEach(each -> names.add(each.group(1)));
        names.remove("le");
        found.put(family + " labels", names.toString());
      }
    }
    Map<String, String> declared = new TreeMap<>();
    for (MetricFamily each : MetricFamilies.ALL) {
      if (ELSEWHERE.contains(each)) {
        continue;
      }
      String type = each.type().name().toLowerCase(Locale.ROOT);
      declared.put(each.name(), each.help() + " (" + type + ")");
      if (!each.labels().isEmpty()) {
        declared.put(each.name() + " labels", new TreeSet<>(each.labels()).toString());
      }
    }
    assertThat(found).isEqualTo(declared);
  }

  private static final String PARTS = "(?<=_seconds|_size|_sent)_(bucket|sum|count)$";
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

  /// What other packages register.
  private static final Set<MetricFamily> ELSEWHERE =
      Set.of(
          MetricFamilies.PROBLEMS,
          MetricFamilies.UNREADY_UPSTREAMS,
          MetricFamilies.RESOURCE_USE,
          MetricFamilies.OVERLOAD_STAGE);

  private void everythingHappens() {
    request.failure = ProxyFailure.CONNECT_FAILED;
    metrics.newShard().onRequestEnded(request);
    ControllerMetrics controller = metrics.controller();
    controller.build("0.1.0", "abc", "https://example.com/lintel");
    controller.onConfigApplied(Instant.ofEpochSecond(1_000), 5_000_000, 1_000_000);
    controller.leader("ingress-nginx-leader", true);
    controller.orphans(List.of(new ControllerMetrics.Orphan("default", "shop", "no-service")));
    Instant end = Instant.ofEpochSecond(2_000);
    controller.certificates(
        List.of(
            new ControllerMetrics.Certificate(
                "default", "shop.example.com", "tls", "id", "O", "CN", "7", "RSA", end)));
  }

  @Test
  void tellsConnectionsByState() throws IOException {
    MetricShard shard = metrics.newShard();
    for (int i = 0; i < 5; i++) {
      shard.onConnectionOpened();
    }
    shard.onConnectionClosed();
    shard.onRequestBegun();

    String name = PREFIX + "nginx_process_connections";
    assertThat(scrape())
        .contains(name + "{" + COMMON + ",state=\"active\"} 4")
        .contains(name + "{" + COMMON + ",state=\"writing\"} 1")
        .contains(name + "{" + COMMON + ",state=\"waiting\"} 3")
        .contains(name + "_total{" + COMMON + ",state=\"accepted\"} 5");
  }

  @Test
  void tellsWhatTheControlPlaneReports() throws IOException {
    ControllerMetrics controller = metrics.controller();
    controller.build("0.1.0", "abc", "https://example.com/lintel");
    controller.configHash(42);
    controller.onConfigApplied(Instant.ofEpochSecond(1_000), 5_000_000, 1_000_000);
    controller.onConfigFailed();
    controller.leader("ingress-nginx-leader", true);
    controller.orphans(List.of(new ControllerMetrics.Orphan("default", "shop", "no-service")));
    controller.certificates(
        List.of(
            new ControllerMetrics.Certificate(
                "default",
                "shop.example.com",
                "tls",
                "id",
                "O",
                "CN",
                "7",
                "RSA",
                Instant.ofEpochSecond(2_000))));

    assertThat(scrape())
        .contains(PREFIX + "success{" + COMMON + "} 1")
        .contains(PREFIX + "errors{" + COMMON + "} 1")
        .contains(PREFIX + "config_last_reload_successful{" + COMMON + "} 0.0")
        .contains(PREFIX + "config_last_reload_successful_timestamp_seconds{" + COMMON + "} 1000.0")
        .contains(PREFIX + "config_hash{" + COMMON + "} 42.0")
        .contains(
            PREFIX + "leader_election_status{" + COMMON + ",name=\"ingress-nginx-leader\"} 1.0")
        .contains("type=\"no-service\"} 1.0")
        .contains("# TYPE " + PREFIX + "build_info gauge")
        .contains("secret_name=\"tls\"} 2000.0")
        .contains(PREFIX + "ssl_certificate_info{")
        .contains("lintel_config_compile_seconds_count{" + COMMON + "} 1");

    controller.certificates(List.of());
    assertThat(scrape()).doesNotContain("secret_name");
  }

  @Test
  void reportsLinesThatWereLost() throws IOException {
    metrics.watch(AccessLog.off());

    assertThat(scrape()).contains("lintel_access_log_lost_lines_total{" + COMMON + "} 0");
  }

  @ParameterizedTest
  @CsvSource({
    "0.005, 0.005",
    "1, 1",
    "10, 10",
    "100000, 100000",
    "1000000, 1e+06",
    "1e7, 1e+07",
    "1234567, 1.234567e+06",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "0, 0",
    "20, 20",
    "1200000, 1.2e+06",
    "-1.50, -1.5",
    "1.0E-7, 1e-07",
    "-20000000, -2e+07",
    "2.5, 2.5"
  })
  void printsNumbersAsGoDoes(double number, String text) {
    assertThat(TextExposition.number(number)).isEqualTo(text);
  }

  @Test
  void labelsAreEscaped() {
    assertThat(TextExposition.label("path", "/a\"b\\c\nd")).isEqualTo("path=\"/a\\\"b\\\\c\\nd\"");
  }

  private static RouteLabels labels(String host) {
    return new RouteLabels(host, "/", "default", "shop", "shop", "", "80", "default-shop-80");
  }

  private static RouteLabels path(String host, String path) {
    return new RouteLabels(host, path, "default", "shop", "shop", "", "80", "default-shop-80");
  }

  private static final String REST =
      ",namespace=\"default\",ingress=\"shop\",service=\"shop\",canary=\"\",host=\"";

  private static MetricsOptions limited(MetricsOptions.Limits limits) {
    return new MetricsOptions(
        OPTIONS.controllerClass(),
        OPTIONS.controllerNamespace(),
        OPTIONS.controllerPod(),
        true,
        false,
        MetricsOptions.TIME_BUCKETS,
        MetricsOptions.LENGTH_BUCKETS,
        MetricsOptions.SIZE_BUCKETS,
        limits);
  }

  private static String folded(String label, long count) {
    return "lintel_metrics_folded_requests_total{" + COMMON + ",label=\"" + label + "\"} " + count;
  }

  private static String bucket(String metric, String bound, long count) {
    return PREFIX + metric + "_bucket{" + SHOP + ",le=\"" + bound + "\"} " + count + "\n";
  }

  private static String failures(String reason, String source, long count) {
    return "lintel_failures_total{reason=\""
        + reason
        + "\",source=\""
        + source
        + "\","
        + COMMON
        + "} "
        + count;
  }

  private String scrape() throws IOException {
    return scrape(metrics);
  }

  private static String scrape(Metrics metrics) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    metrics.write(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
