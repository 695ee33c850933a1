package dev.lintel.proxy.observe;

import java.util.List;
import java.util.Set;

/// What metrics look like, from ingress-nginx's flags of the same names.
///
/// @param controllerClass label `controller_class` of everything
/// @param controllerNamespace label `controller_namespace`
/// @param controllerPod label `controller_pod`
/// @param perHost whether request metrics have a label `host`
/// @param statusClasses whether the label `status` is `2xx` instead of `200`
/// @param timeBuckets upper bounds of durations, in seconds, rising
/// @param lengthBuckets upper bounds of request and response lengths, in bytes, rising
/// @param sizeBuckets upper bounds of bytes sent, rising
/// @param limits what is left out, and how many series there may be
public record MetricsOptions(
    String controllerClass,
    String controllerNamespace,
    String controllerPod,
    boolean perHost,
    boolean statusClasses,
    List<Double> timeBuckets,
    List<Double> lengthBuckets,
    List<Double> sizeBuckets,
    Limits limits) {
  /// Which request metrics are kept, and for how much.
  ///
  /// @param perUndefinedHost whether requests for hosts that no Ingress names are counted, too: all
  ///   of them under one host, `_`
  /// @param excluded names of request metrics that are not kept, with or without the prefix
  /// @param hosts how many hosts have series of their own
  /// @param paths how many paths of hosts have
  public record Limits(boolean perUndefinedHost, Set<String> excluded, int hosts, int paths) {
    private static final String PREFIX = "nginx_ingress_controller_";

    /// How many hosts have series of their own, where nothing else is said.
    public static final int HOSTS = 1_000;

    /// How many paths.
    public static final int PATHS = 5_000;

    /// What holds where nothing else is said.
    public static final Limits USUAL = new Limits(false, Set.of(), HOSTS, PATHS);

    /// Copies the names.
    public Limits {
      excluded = Set.copyOf(excluded);
    }

    /// Whether a metric of that name is one that can be left out.
    public static boolean mayExclude(String name) {
      String whole = name.startsWith(PREFIX) ? name : PREFIX + name;
      return whole.equals(MetricFamilies.REQUESTS.name())
          || MetricFamilies.ALL.stream()
              .anyMatch(
                  each -> each.type() == MetricFamily.Type.HISTOGRAM && each.name().equals(whole));
    }

    /// Whether a metric is kept.
    ///
    /// @param name the whole one
    boolean keeps(String name) {
      return !excluded.contains(name) && !excluded.contains(name.substring(PREFIX.length()));
    }
  }

  /// With the usual limits.
  public MetricsOptions(
      String controllerClass,
      String controllerNamespace,
      String controllerPod,
      boolean perHost,
      boolean statusClasses,
      List<Double> timeBuckets,
      List<Double> lengthBuckets,
      List<Double> sizeBuckets) {
    this(
        controllerClass,
        controllerNamespace,
        controllerPod,
        perHost,
        statusClasses,
        timeBuckets,
        lengthBuckets,
        sizeBuckets,
        Limits.USUAL);
  }

  /// ingress-nginx's `--time-buckets`.
  public static final List<Double> TIME_BUCKETS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0);

  /// ingress-nginx's `--length-buckets`.
  public static final List<Double> LENGTH_BUCKETS =
      List.of(10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0);

  /// ingress-nginx's `--size-buckets`.
  public static final List<Double> SIZE_BUCKETS = List.of(10.0, 100.0, 1e3, 1e4, 1e5, 1e6, 1e7);

  /// Copies the lists.
  public MetricsOptions {
    timeBuckets = List.copyOf(timeBuckets);
    lengthBuckets = List.copyOf(lengthBuckets);
    sizeBuckets = List.copyOf(sizeBuckets);
  }

  /// ingress-nginx's defaults.
  public static MetricsOptions of(
      String controllerClass, String controllerNamespace, String controllerPod) {
    return new MetricsOptions(
        controllerClass,
        controllerNamespace,
        controllerPod,
        true,
        false,
        TIME_BUCKETS,
        LENGTH_BUCKETS,
        SIZE_BUCKETS);
  }
}
