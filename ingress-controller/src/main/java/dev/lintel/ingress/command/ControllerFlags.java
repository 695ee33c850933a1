package dev.lintel.ingress.command;

import dev.lintel.ingress.command.Flag.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Every flag that `lintel controller` knows: all of ingress-nginx's, and some of its own for the
/// drain and the metrics. The one place to look up what a flag does.
final class ControllerFlags {
  private static final List<Flag> DECLARED = new ArrayList<>(80);

  // Where it listens.
  static final Flag HTTP_PORT = acts("--http-port", Kind.PORT, "80", "Port of plain HTTP.");
  static final Flag HTTPS_PORT = acts("--https-port", Kind.PORT, "443", "Port of HTTPS.");
  static final Flag HEALTHZ_PORT =
      acts("--healthz-port", Kind.PORT, "10254", "Port of health, metrics and debug pages.");
  static final Flag HEALTHZ_HOST =
      acts("--healthz-host", Kind.TEXT, "", "Address that port is bound to; empty: every address.");
  static final Flag HEALTH_CHECK_PATH =
      acts("--health-check-path", Kind.TEXT, "/healthz", "Path of the health page.");

  // The API server.
  static final Flag APISERVER_HOST =
      acts("--apiserver-host", Kind.TEXT, "", "URL of the API server, when not in a cluster.");
  static final Flag KUBECONFIG =
      acts("--kubeconfig", Kind.TEXT, "", "A kubeconfig file, when not in a cluster.");
  static final Flag CERTIFICATE_AUTHORITY =
      acts("--certificate-authority", Kind.TEXT, "", "CA file for --apiserver-host.");
  static final Flag WATCH_NAMESPACE =
      acts("--watch-namespace", Kind.TEXT, "", "The only namespace watched; empty: all.");
  static final Flag WATCH_NAMESPACE_SELECTOR =
      acts(
          "--watch-namespace-selector",
          Kind.TEXT,
          "",
          "Label selector of the namespaces watched; excludes --watch-namespace.");

  // Which Ingresses are served.
  static final Flag ANNOTATIONS_PREFIX =
      acts(
          "--annotations-prefix",
          Kind.TEXT,
          "nginx.ingress.kubernetes.io",
          "Prefix of all annotations read.");
  static final Flag CONTROLLER_CLASS =
      acts(
          "--controller-class",
          Kind.TEXT,
          "k8s.io/ingress-nginx",
          "spec.controller of the IngressClasses served.");
  static final Flag INGRESS_CLASS =
      acts(
          "--ingress-class",
          Kind.TEXT,
          "nginx",
          "Value of the annotation kubernetes.io/ingress.class that is served.");
  static final Flag INGRESS_CLASS_BY_NAME =
      truth(
          "--ingress-class-by-name",
          false,
          true,
          "Serve an IngressClass named as --ingress-class, whatever its controller.");
  static final Flag WATCH_INGRESS_WITHOUT_CLASS =
      truth("--watch-ingress-without-class", false, true, "Serve Ingresses without any class too.");
  static final Flag DISABLE_CATCH_ALL =
      truth(
          "--disable-catch-all", false, true, "Ignore Ingresses that define spec.defaultBackend.");
  static final Flag DISABLE_SVC_EXTERNAL_NAME =
      truth("--disable-svc-external-name", false, true, "Refuse Services of type ExternalName.");

  // Objects of its own.
  static final Flag CONFIGMAP =
      acts("--configmap", Kind.OBJECT, "", "The ConfigMap with the global settings.");
  static final Flag DEFAULT_BACKEND_SERVICE =
      acts(
          "--default-backend-service",
          Kind.OBJECT,
          "",
          "Service (its first port) that answers what no rule matches; empty: a 404.");
  static final Flag DEFAULT_SSL_CERTIFICATE =
      acts(
          "--default-ssl-certificate",
          Kind.OBJECT,
          "",
          "Secret with the certificate for names without one; empty: self-made at start.");

  // Zones.
  static final Flag ENABLE_TOPOLOGY_AWARE_ROUTING =
      truth(
          "--enable-topology-aware-routing",
          false,
          true,
          "Prefer endpoints whose hints name the zone of this node (NODE_NAME; needs to get nodes).");
  static final Flag ZONE =
      acts(
          "--zone", Kind.TEXT, "", "Prefer endpoints whose hints name this zone; no node is read.");

  // Below HTTP.
  static final Flag TCP_SERVICES_CONFIGMAP =
      acts(
          "--tcp-services-configmap",
          Kind.OBJECT,
          "",
          "The ConfigMap of TCP services: port to namespace/service:port[:PROXY][:PROXY].");
  static final Flag UDP_SERVICES_CONFIGMAP =
      acts(
          "--udp-services-configmap",
          Kind.OBJECT,
          "",
          "The ConfigMap of UDP services: port to namespace/service:port.");
  static final Flag ENABLE_SSL_PASSTHROUGH =
      truth(
          "--enable-ssl-passthrough",
          false,
          true,
          "Let Ingresses have TLS passed on unopened (annotation ssl-passthrough).");

  // Status and Events.
  static final Flag UPDATE_STATUS =
      truth("--update-status", true, true, "Write the status of Ingresses.");
  static final Flag UPDATE_STATUS_ON_SHUTDOWN =
      truth(
          "--update-status-on-shutdown",
          true,
          true,
          "Clear the status when the last controller ends.");
  static final Flag PUBLISH_SERVICE =
      acts(
          "--publish-service",
          Kind.OBJECT,
          "",
          "Service whose addresses become the status; excludes --publish-status-address.");
  static final Flag PUBLISH_STATUS_ADDRESS =
      acts(
          "--publish-status-address",
          Kind.TEXT,
          "",
          "Addresses for the status, with commas between; excludes --publish-service.");
  static final Flag STATUS_UPDATE_INTERVAL =
      acts(
          "--status-update-interval",
          Kind.SECONDS,
          "60",
          "Time between two checks of the status; 5 at least.");
  static final Flag ELECTION_ID =
      acts("--election-id", Kind.TEXT, "ingress-controller-leader", "Name of the leader's Lease.");
  static final Flag ELECTION_TTL =
      acts("--election-ttl", Kind.DURATION, "30s", "How long a Lease holds without renewal.");
  static final Flag DISABLE_LEADER_ELECTION =
      truth(
          "--disable-leader-election",
          false,
          true,
          "No Lease: this instance always writes status and Events.");
  static final Flag DISABLE_SYNC_EVENTS =
      truth("--disable-sync-events", false, true, "No Event for an accepted Ingress.");

  // Metrics.
  static final Flag ENABLE_METRICS =
      truth("--enable-metrics", false, true, "Serve metrics at /metrics on --healthz-port.");
  static final Flag METRICS_PER_HOST =
      truth("--metrics-per-host", true, true, "Label request metrics with the host.");
  static final Flag METRICS_PER_UNDEFINED_HOST =
      truth(
          "--metrics-per-undefined-host",
          false,
          true,
          "Count requests for hosts that no Ingress names, too, under one host `_`; needs"
              + " --metrics-per-host.");
  static final Flag METRICS_HOST_LIMIT =
      acts(
          "--metrics-host-limit",
          Kind.NUMBER,
          "1000",
          "How many hosts have request metrics of their own; all others share `_other`.");
  static final Flag METRICS_PATH_LIMIT =
      acts(
          "--metrics-path-limit",
          Kind.NUMBER,
          "5000",
          "How many paths of hosts have request metrics of their own; all others share `_other`.");
  static final Flag EXCLUDE_SOCKET_METRICS =
      acts(
          "--exclude-socket-metrics",
          Kind.TEXT,
          "",
          "Request metrics that are not kept, with commas between: `response_size`.");
  static final Flag REPORT_STATUS_CLASSES =
      truth("--report-status-classes", false, true, "Status label is 2xx to 5xx.");
  static final Flag TIME_BUCKETS =
      acts(
          "--time-buckets",
          Kind.DECIMALS,
          "0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10",
          "Histogram buckets of durations in seconds.");
  static final Flag LENGTH_BUCKETS =
      acts(
          "--length-buckets",
          Kind.DECIMALS,
          "10,20,30,40,50,60,70,80,90,100",
          "Histogram buckets of request and response lengths.");
  static final Flag SIZE_BUCKETS =
      acts(
          "--size-buckets",
          Kind.DECIMALS,
          "10,100,1000,10000,100000,1000000,10000000",
          "Histogram buckets of bytes sent.");

  // The end.
  static final Flag SHUTDOWN_GRACE_PERIOD =
      acts(
          "--shutdown-grace-period",
          Kind.SECONDS,
          "0",
          "Old name of --pre-stop-period; counts where that one is not given.");
  static final Flag POST_SHUTDOWN_GRACE_PERIOD =
      acts(
          "--post-shutdown-grace-period",
          Kind.SECONDS,
          "0",
          "Wait after the last request before the process ends.");
  static final Flag PRE_STOP_PERIOD =
      acts(
          "--pre-stop-period",
          Kind.SECONDS,
          "15",
          "After SIGTERM: fail readiness, yet keep accepting for this long.");
  static final Flag DRAIN_TIMEOUT =
      acts(
          "--drain-timeout",
          Kind.SECONDS,
          "240",
          "How long requests in flight and WebSockets may take to end.");

  // Bodies that are read whole.
  static final Flag BODY_PATH =
      acts(
          "--client-body-temp-path",
          Kind.TEXT,
          "",
          "Directory for bodies too long for memory; empty: that of temporary files.");
  static final Flag BODY_SIZE =
      acts(
          "--client-body-temp-size",
          Kind.NUMBER,
          "900",
          "MiB that all of them hold together; who finds no room gets 503.");

  // Logging and help.
  static final Flag VERBOSITY =
      acts("--v", Kind.NUMBER, "0", "Detail of the log: 3 and more shows debugging lines.");
  static final Flag ACCESS_LOG =
      acts("--access-log-path", Kind.TEXT, "stdout", "`stdout`, `off`, or a file to append to.");
  static final Flag VERSION = truth("--version", false, true, "Print the version and exit.");

  static {
    // True by construction: plans are typed data, and every annotation has a grammar.
    truth("--deep-inspect", true, true, "Always on: no setting is ever pasted into a program.");
    truth("--enable-annotation-validation", true, true, "Always on.");

    waits("--bucket-factor", Kind.DECIMALS, "0");
    waits("--default-server-port", Kind.PORT, "8181");
    waits("--disable-full-test", Kind.TRUTH, "false");
    waits("--dynamic-configuration-retries", Kind.NUMBER, "15");
    waits("--enable-ssl-chain-completion", Kind.TRUTH, "false");
    waits("--health-check-timeout", Kind.SECONDS, "10");
    waits("--internal-logger-address", Kind.TEXT, "127.0.0.1:11514");
    waits("--max-buckets", Kind.NUMBER, "100");
    waits("--maxmind-edition-ids", Kind.TEXT, "GeoLite2-City,GeoLite2-ASN");
    waits("--maxmind-license-key", Kind.TEXT, "");
    waits("--maxmind-mirror", Kind.TEXT, "");
    waits("--maxmind-retries-count", Kind.NUMBER, "1");
    waits("--maxmind-retries-timeout", Kind.DURATION, "0s");
    waits("--monitor-max-batch-size", Kind.NUMBER, "10000");
    waits("--profiler-address", Kind.TEXT, "127.0.0.1");
    waits("--profiler-port", Kind.PORT, "10245");
    waits("--profiling", Kind.TRUTH, "true");
    waits("--report-node-internal-ip-address", Kind.TRUTH, "false");
    waits("--ssl-passthrough-proxy-port", Kind.PORT, "442");
    waits("--status-port", Kind.PORT, "10246");
    waits("--stream-port", Kind.PORT, "10247");
    waits("--sync-period", Kind.DURATION, "0s");
    waits("--sync-rate-limit", Kind.DECIMALS, "0.3");
    waits("--validating-webhook", Kind.TEXT, "");
    waits("--validating-webhook-certificate", Kind.TEXT, "");
    waits("--validating-webhook-key", Kind.TEXT, "");
    waits("--add_dir_header", Kind.TRUTH, "false");
    waits("--alsologtostderr", Kind.TRUTH, "false");
    waits("--log_backtrace_at", Kind.TEXT, ":0");
    waits("--log_dir", Kind.TEXT, "");
    waits("--log_file", Kind.TEXT, "");
    waits("--log_file_max_size", Kind.NUMBER, "1800");
    waits("--logtostderr", Kind.TRUTH, "true");
    waits("--one_output", Kind.TRUTH, "false");
    waits("--skip_headers", Kind.TRUTH, "false");
    waits("--skip_log_headers", Kind.TRUTH, "false");
    waits("--stderrthreshold", Kind.NUMBER, "2");
    waits("--vmodule", Kind.TEXT, "");
  }

  /// All of them, in the order of this file.
  static final List<Flag> ALL = Collections.unmodifiableList(DECLARED);

  private ControllerFlags() {}

  private static Flag acts(String name, Kind kind, String preset, String text) {
    return declare(new Flag(name, kind, preset, true, text));
  }

  private static Flag truth(String name, boolean preset, boolean hasEffect, String text) {
    return declare(new Flag(name, Kind.TRUTH, String.valueOf(preset), hasEffect, text));
  }

  private static void waits(String name, Kind kind, String preset) {
    declare(new Flag(name, kind, preset, false, "Accepted, without effect in this version."));
  }

  private static Flag declare(Flag flag) {
    DECLARED.add(flag);
    return flag;
  }
}
