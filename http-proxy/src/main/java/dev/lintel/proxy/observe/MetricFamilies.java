package dev.lintel.proxy.observe;

import dev.lintel.proxy.observe.MetricFamily.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Every metric there is, declared once: those of ingress-nginx under its names, and Lintel's own.
public final class MetricFamilies {
  private static final List<MetricFamily> DECLARED = new ArrayList<>(64);
  private static final String NGINX = "nginx_ingress_controller_";
  private static final String PROCESS = NGINX + "nginx_process_";

  /// Labels that tell one process from another.
  static final List<String> PROCESS_LABELS =
      List.of("controller_class", "controller_namespace", "controller_pod");

  private static final List<String> ROUTE =
      with("status", "method", "path", "namespace", "ingress", "service", "canary", "host");
  private static final List<String> CERTIFICATE =
      List.of("namespace", "class", "host", "secret_name", "identifier");

  // Requests, by route.
  static final MetricFamily REQUESTS =
      counter(NGINX + "requests", "Requests that have ended.", ROUTE);
  static final MetricFamily REQUEST_DURATION =
      histogram(
          "request_duration_seconds",
          "From the first byte of a request to the last of its answer.");
  static final MetricFamily CONNECT_DURATION =
      histogram("connect_duration_seconds", "Until the connection to the endpoint was there.");
  static final MetricFamily HEADER_DURATION =
      histogram("header_duration_seconds", "Until the head of the endpoint's response.");
  static final MetricFamily RESPONSE_DURATION =
      histogram("response_duration_seconds", "Until the end of the endpoint's response.");
  static final MetricFamily REQUEST_SIZE =
      histogram("request_size", "Bytes of the request, head and body.");
  static final MetricFamily RESPONSE_SIZE =
      histogram("response_size", "Bytes of the answer, head and body.");
  static final MetricFamily BYTES_SENT =
      histogram("bytes_sent", "Bytes of the answer, in wider buckets.");

  // Connections and the process.
  static final MetricFamily CONNECTIONS =
      gauge(PROCESS + "connections", "Client connections now, by state.", with("state"));
  static final MetricFamily CONNECTIONS_TOTAL =
      counter(PROCESS + "connections_total", "Client connections so far, by state.", with("state"));
  static final MetricFamily REQUESTS_TOTAL =
      counter(PROCESS + "requests_total", "Requests of clients.", with());
  static final MetricFamily NUM_PROCS =
      gauge(PROCESS + "num_procs", "Processes that serve.", with());
  static final MetricFamily CPU_SECONDS =
      counter(PROCESS + "cpu_seconds_total", "Time on processors.", with());
  static final MetricFamily RESIDENT_MEMORY =
      gauge(PROCESS + "resident_memory_bytes", "Resident memory.", with());
  static final MetricFamily VIRTUAL_MEMORY =
      gauge(PROCESS + "virtual_memory_bytes", "Address space.", with());
  static final MetricFamily START_TIME =
      gauge(PROCESS + "oldest_start_time_seconds", "When the process began.", with());

  // Configurations, certificates, leadership.
  static final MetricFamily SUCCESS =
      counter(NGINX + "success", "Configurations put into effect.", with());
  static final MetricFamily ERRORS =
      counter(NGINX + "errors", "Configurations that failed.", with());
  static final MetricFamily LAST_RELOAD =
      gauge(
          NGINX + "config_last_reload_successful",
          "Whether the last configuration took effect.",
          with());
  static final MetricFamily LAST_RELOAD_TIME =
      gauge(
          NGINX + "config_last_reload_successful_timestamp_seconds",
          "When a configuration last took effect.",
          with());
  static final MetricFamily CONFIG_HASH =
      gauge(NGINX + "config_hash", "Checksum of the configuration in effect.", with());
  static final MetricFamily BUILD_INFO =
      gauge(NGINX + "build_info", "What is running.", with("release", "build", "repository"));
  static final MetricFamily LEADER =
      gauge(NGINX + "leader_election_status", "Whether this one is the leader.", with("name"));
  static final MetricFamily ORPHAN =
      gauge(
          NGINX + "orphan_ingress",
          "Ingresses without a Service or without endpoints.",
          with("namespace", "ingress", "type"));
  static final MetricFamily CERTIFICATE_EXPIRY =
      gauge(NGINX + "ssl_expire_time_seconds", "When a certificate expires.", CERTIFICATE);
  static final MetricFamily CERTIFICATE_INFO =
      gauge(
          NGINX + "ssl_certificate_info",
          "Certificates that are served.",
          List.of(
              "namespace",
              "class",
              "host",
              "secret_name",
              "identifier",
              "issuer_organization",
              "issuer_common_name",
              "serial_number",
              "public_key_algorithm"));
  static final MetricFamily COMPILE_SECONDS =
      declare(
          "lintel_config_compile_seconds",
          Type.SUMMARY,
          "Time to compile a configuration.",
          with());
  static final MetricFamily LINK_SECONDS =
      declare(
          "lintel_config_link_seconds",
          Type.SUMMARY,
          "Time to put a configuration together.",
          with());

  // What went wrong.
  static final MetricFamily FAILURES =
      counter(
          "lintel_failures_total",
          "What went wrong with requests, by reason and by whose fault.",
          with("reason", "source"));
  static final MetricFamily RETRIES =
      counter("lintel_upstream_retries_total", "Tries of requests beyond their first.", with());
  static final MetricFamily UNREADY_TRIES =
      counter(
          "lintel_unready_endpoint_tries_total",
          "Tries of endpoints that were not ready, because no other was.",
          with());
  static final MetricFamily HANDSHAKES =
      gauge(
          "lintel_tls_handshakes",
          "TLS handshakes of clients now, by what they wait for: hello, turn, answered.",
          with("state"));
  static final MetricFamily HANDSHAKE_FAILURES =
      counter("lintel_tls_handshake_failures_total", "TLS handshakes that failed.", with());

  /// What is wrong with objects now.
  public static final MetricFamily PROBLEMS =
      gauge("lintel_problems", "What is wrong with objects now, by severity.", List.of("severity"));

  /// Upstreams without a ready endpoint.
  public static final MetricFamily UNREADY_UPSTREAMS =
      gauge(
          "lintel_unready_upstreams",
          "Upstreams whose endpoints all turned unready at once and whose last ready ones are"
              + " still tried.",
          List.of());

  /// How scarce each resource is.
  public static final MetricFamily RESOURCE_USE =
      gauge(
          "lintel_resource_use_ratio",
          "How much of a resource is in use, from 0 to 1.",
          List.of("resource"));

  /// What is done about that.
  public static final MetricFamily OVERLOAD_STAGE =
      gauge(
          "lintel_overload_stage",
          "0 calm, 1 hurried, 2 closing, 3 refusing, 4 shedding.",
          List.of());

  // Copies of requests.
  static final MetricFamily MIRRORED =
      counter("lintel_mirrored_requests_total", "Copies that their target answered.", with());
  static final MetricFamily MIRRORS_LOST =
      counter(
          "lintel_mirror_lost_requests_total",
          "Copies that were too large or too many, or that their target did not answer.",
          with());

  // Observation itself.
  static final MetricFamily SPANS_EXPORTED =
      counter("lintel_trace_spans_exported_total", "Spans that the collector took.", with());
  static final MetricFamily SPANS_LOST =
      counter(
          "lintel_trace_spans_lost_total",
          "Spans that it did not take, or for which there was no room.",
          with());
  static final MetricFamily LOST_LINES =
      counter(
          "lintel_access_log_lost_lines_total",
          "Lines lost because the writer was too slow.",
          with());
  static final MetricFamily FAILED_WRITES =
      counter(
          "lintel_access_log_failed_writes_total",
          "Times that the log could not be written.",
          with());
  static final MetricFamily FOLDED =
      counter(
          "lintel_metrics_folded_requests_total",
          "Requests counted without this label of their own, for there are too many.",
          with("label"));

  /// All of them, in the order of this file.
  public static final List<MetricFamily> ALL = Collections.unmodifiableList(DECLARED);

  private MetricFamilies() {}

  private static List<String> with(String... labels) {
    List<String> all = new ArrayList<>(List.of(labels));
    all.addAll(PROCESS_LABELS);
    return List.copyOf(all);
  }

  private static MetricFamily counter(String name, String help, List<String> labels) {
    return declare(name, Type.COUNTER, help, labels);
  }

  private static MetricFamily gauge(String name, String help, List<String> labels) {
    return declare(name, Type.GAUGE, help, labels);
  }

  private static MetricFamily histogram(String name, String help) {
    return declare(NGINX + name, Type.HISTOGRAM, help, ROUTE);
  }

  private static MetricFamily declare(String name, Type type, String help, List<String> labels) {
    MetricFamily family = new MetricFamily(name, type, help, labels);
    DECLARED.add(family);
    return family;
  }
}
