package dev.lintel.ingress.command;

import static dev.lintel.ingress.command.ControllerFlags.*;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.ControllerConfig.BodyFiles;
import dev.lintel.ingress.ControllerConfig.Cluster;
import dev.lintel.ingress.ControllerConfig.Drain;
import dev.lintel.ingress.ControllerConfig.Listening;
import dev.lintel.ingress.ControllerConfig.MetricsChoice;
import dev.lintel.ingress.ControllerConfig.Objects;
import dev.lintel.ingress.ControllerConfig.Selection;
import dev.lintel.ingress.ControllerConfig.Status;
import dev.lintel.ingress.ControllerConfig.Streams;
import dev.lintel.ingress.ControllerConfig.Zone;
import dev.lintel.ingress.compile.LabelSelector;
import dev.lintel.proxy.observe.MetricsOptions;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// From the values of the controller's flags to its configuration: combinations are judged here.
final class ControllerArguments {
  private static final Duration SHORTEST_STATUS_INTERVAL = Duration.ofSeconds(5);

  private static final long MEBIBYTE = 1024 * 1024;

  private final FlagValues values;
  private final Consumer<String> warnings;

  ControllerArguments(FlagValues values, Consumer<String> warnings) {
    this.values = values;
    this.warnings = warnings;
  }

  /// The configuration; every flag given in vain leads to one warning.
  ///
  /// @throws UsageError for combinations that contradict themselves
  ControllerConfig config() {
    refuseContradictions();
    for (Flag flag : ALL) {
      if (!flag.hasEffect() && values.isGiven(flag)) {
        warnings.accept(flag.name() + " is accepted, but has no effect in this version");
      }
    }
    return new ControllerConfig(
        cluster(),
        new Listening(
            values.port(HTTP_PORT),
            values.port(HTTPS_PORT),
            values.port(HEALTHZ_PORT),
            values.text(HEALTHZ_HOST),
            values.text(HEALTH_CHECK_PATH)),
        selection(),
        new Objects(
            values.object(CONFIGMAP),
            values.object(DEFAULT_BACKEND_SERVICE),
            values.object(DEFAULT_SSL_CERTIFICATE),
            new Streams(
                values.object(TCP_SERVICES_CONFIGMAP),
                values.object(UDP_SERVICES_CONFIGMAP),
                values.truth(ENABLE_SSL_PASSTHROUGH))),
        status(),
        metrics(),
        drain(),
        values.text(ACCESS_LOG),
        false,
        new BodyFiles(values.text(BODY_PATH), values.number(BODY_SIZE) * MEBIBYTE),
        new Zone(values.text(ZONE), values.truth(ENABLE_TOPOLOGY_AWARE_ROUTING)));
  }

  private void refuseContradictions() {
    refuseBoth(PUBLISH_SERVICE, PUBLISH_STATUS_ADDRESS);
    refuseBoth(WATCH_NAMESPACE, WATCH_NAMESPACE_SELECTOR);
    if (values.truth(METRICS_PER_UNDEFINED_HOST) && !values.truth(METRICS_PER_HOST)) {
      throw new UsageError(
          "--metrics-per-undefined-host needs --metrics-per-host (expected: both, or neither)");
    }
    try {
      LabelSelector.parse(values.text(WATCH_NAMESPACE_SELECTOR));
    } catch (IllegalArgumentException e) {
      throw new UsageError("--watch-namespace-selector: " + e.getMessage());
    }
    String path = values.text(HEALTH_CHECK_PATH);
    if (!path.startsWith("/")) {
      throw new UsageError("--health-check-path: \"" + path + "\" must begin with a slash");
    }
    int http = values.port(HTTP_PORT);
    if (http != 0 && http == values.port(HTTPS_PORT)) {
      throw new UsageError("--http-port and --https-port are both " + http);
    }
  }

  private void refuseBoth(Flag one, Flag other) {
    if (!values.text(one).isEmpty() && !values.text(other).isEmpty()) {
      throw new UsageError(one.name() + " and " + other.name() + " exclude each other");
    }
  }

  private Cluster cluster() {
    return new Cluster(
        values.text(APISERVER_HOST),
        values.text(KUBECONFIG),
        values.text(CERTIFICATE_AUTHORITY),
        values.text(WATCH_NAMESPACE),
        values.text(WATCH_NAMESPACE_SELECTOR));
  }

  private Selection selection() {
    return new Selection(
        values.text(ANNOTATIONS_PREFIX),
        values.text(CONTROLLER_CLASS),
        values.text(INGRESS_CLASS),
        values.truth(INGRESS_CLASS_BY_NAME),
        values.truth(WATCH_INGRESS_WITHOUT_CLASS),
        values.truth(DISABLE_CATCH_ALL),
        values.truth(DISABLE_SVC_EXTERNAL_NAME));
  }

  private Status status() {
    Duration interval = values.duration(STATUS_UPDATE_INTERVAL);
    if (interval.compareTo(SHORTEST_STATUS_INTERVAL) < 0) {
      warnings.accept("--status-update-interval is below 5 seconds; using 5");
      interval = SHORTEST_STATUS_INTERVAL;
    }
    return new Status(
        values.truth(UPDATE_STATUS),
        values.truth(UPDATE_STATUS_ON_SHUTDOWN),
        values.object(PUBLISH_SERVICE),
        values.list(PUBLISH_STATUS_ADDRESS),
        interval,
        values.text(ELECTION_ID),
        values.duration(ELECTION_TTL),
        !values.truth(DISABLE_LEADER_ELECTION),
        !values.truth(DISABLE_SYNC_EVENTS));
  }

  private MetricsChoice metrics() {
    return new MetricsChoice(
        values.truth(ENABLE_METRICS),
        values.truth(METRICS_PER_HOST),
        values.truth(REPORT_STATUS_CLASSES),
        values.decimals(TIME_BUCKETS),
        values.decimals(LENGTH_BUCKETS),
        values.decimals(SIZE_BUCKETS),
        new MetricsOptions.Limits(
            values.truth(METRICS_PER_UNDEFINED_HOST),
            excluded(),
            values.number(METRICS_HOST_LIMIT),
            values.number(METRICS_PATH_LIMIT)));
  }

  private Set<String> excluded() {
    Set<String> names = new LinkedHashSet<>(values.list(EXCLUDE_SOCKET_METRICS));
    for (String name : names) {
      if (!MetricsOptions.Limits.mayExclude(name)) {
        warnings.accept(
            "--exclude-socket-metrics: \""
                + name
                + "\" is no request metric; left out of the list");
      }
    }
    return names;
  }

  private Drain drain() {
    boolean byOldName = values.isGiven(SHUTDOWN_GRACE_PERIOD) && !values.isGiven(PRE_STOP_PERIOD);
    return new Drain(
        values.duration(byOldName ? SHUTDOWN_GRACE_PERIOD : PRE_STOP_PERIOD),
        values.duration(DRAIN_TIMEOUT),
        values.duration(POST_SHUTDOWN_GRACE_PERIOD));
  }

  /// The names of all flags.
  static List<String> names() {
    return ALL.stream().map(Flag::name).toList();
  }
}
