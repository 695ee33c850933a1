package dev.lintel.proxy.observe;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What the control plane reports: configurations, certificates, leadership. From any thread.
public final class ControllerMetrics {
  /// A certificate that is served.
  ///
  /// @param namespace of the Secret
  /// @param host that it is served for
  /// @param identifier tells it from its predecessor, e.g. the begin of its fingerprint
  /// @param algorithm of its public key
  public record Certificate(
      String namespace,
      String host,
      String secret,
      String identifier,
      String issuerOrganization,
      String issuerCommonName,
      String serial,
      String algorithm,
      Instant expiry) {}

  /// An Ingress whose Service is missing (`no-service`) or has no endpoint (`no-endpoint`).
  public record Orphan(String namespace, String ingress, String type) {}

  /// What the library puts behind the name itself.
  private static final String INFO_SUFFIX = "_info";

  private final String controllerClass;
  private final Labels common;
  private final PrometheusRegistry registry;
  private final LongAdder applied = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Gauge lastSuccessful;
  private final Gauge lastSuccessTime;
  private final Gauge hash;
  private volatile List<Certificate> served = List.of();
  private final Gauge leader;
  private final Gauge orphan;
  private final Summary compileSeconds;
  private final Summary linkSeconds;

  ControllerMetrics(MetricsOptions options, PrometheusRegistry registry) {
    this.controllerClass = options.controllerClass();
    this.registry = registry;
    this.common =
        Labels.of(
            "controller_class", options.controllerClass(),
            "controller_namespace", options.controllerNamespace(),
            "controller_pod", options.controllerPod());
    lastSuccessful = gauge(MetricFamilies.LAST_RELOAD);
    lastSuccessTime = gauge(MetricFamilies.LAST_RELOAD_TIME);
    hash = gauge(MetricFamilies.CONFIG_HASH);
    leader = gauge(MetricFamilies.LEADER);
    orphan = gauge(MetricFamilies.ORPHAN);
    registry.register((Collector) this::expirySnapshot);
    registry.register((Collector) this::certificateSnapshot);
    compileSeconds = summary(MetricFamilies.COMPILE_SECONDS);
    linkSeconds = summary(MetricFamilies.LINK_SECONDS);
  }

  /// Says what is running.
  public void build(String release, String build, String repository) {
    Info.builder()
        .name(MetricFamilies.BUILD_INFO.name())
        .help(MetricFamilies.BUILD_INFO.help())
        .constLabels(common)
        .labelNames(MetricFamilies.BUILD_INFO.ownLabels())
        .register(registry)
        .addLabelValues(release, build, repository);
  }

  /// A configuration took effect.
  public void onConfigApplied(Instant now, long compileNanos, long linkNanos) {
    applied.increment();
    lastSuccessful.set(1);
    lastSuccessTime.set(now.getEpochSecond());
    compileSeconds.observe(compileNanos / 1e9);
    linkSeconds.observe(linkNanos / 1e9);
  }

  /// The checksum of the configuration in effect.
  public void configHash(long configHash) {
    hash.set(configHash);
  }

  /// A configuration could not be put into effect; the last good one stays.
  public void onConfigFailed() {
    failed.increment();
    lastSuccessful.set(0);
  }

  /// Replaces what is known of certificates. Empty on whoever is not the leader.
  public void certificates(List<Certificate> certificates) {
    served = List.copyOf(certificates);
  }

  /// Whether this process leads the election of that name.
  public void leader(String election, boolean leads) {
    leader.labelValues(election).set(leads ? 1 : 0);
  }

  /// Replaces what is known of Ingresses that lead nowhere.
  public void orphans(List<Orphan> orphans) {
    orphan.clear();
    for (Orphan o : orphans) {
      orphan.labelValues(o.namespace(), o.ingress(), o.type()).set(1);
    }
  }

  long applied() {
    return applied.sum();
  }

  long failed() {
    return failed.sum();
  }

  private MetricSnapshot expirySnapshot() {
    GaugeSnapshot.Builder all =
        GaugeSnapshot.builder()
            .name(MetricFamilies.CERTIFICATE_EXPIRY.name())
            .help(MetricFamilies.CERTIFICATE_EXPIRY.help());
    for (Certificate c : served) {
      all.dataPoint(
          GaugeSnapshot.GaugeDataPointSnapshot.builder()
              .labels(Labels.of(identity(c)))
              .value(c.expiry().getEpochSecond())
              .build());
    }
    return all.build();
  }

  private MetricSnapshot certificateSnapshot() {
    String name = MetricFamilies.CERTIFICATE_INFO.name();
    InfoSnapshot.Builder all =
        InfoSnapshot.builder()
            .name(name.substring(0, name.length() - INFO_SUFFIX.length()))
            .help(MetricFamilies.CERTIFICATE_INFO.help());
    for (Certificate c : served) {
      Labels issuer =
          Labels.of(
              "issuer_organization", c.issuerOrganization(),
              "issuer_common_name", c.issuerCommonName(),
              "serial_number", c.serial(),
              "public_key_algorithm", c.algorithm());
      all.dataPoint(
          InfoSnapshot.InfoDataPointSnapshot.builder()
              .labels(Labels.of(identity(c)).merge(issuer))
              .build());
    }
    return all.build();
  }

  private String[] identity(Certificate c) {
    return new String[] {
      "namespace", c.namespace(),
      "class", controllerClass,
      "host", c.host(),
      "secret_name", c.secret(),
      "identifier", c.identifier()
    };
  }

  private Gauge gauge(MetricFamily family) {
    return Gauge.builder()
        .name(family.name())
        .help(family.help())
        .constLabels(common)
        .labelNames(family.ownLabels())
        .register(registry);
  }

  private Summary summary(MetricFamily family) {
    return Summary.builder()
        .name(family.name())
        .help(family.help())
        .constLabels(common)
        .register(registry);
  }
}
