package dev.lintel.ingress;

import dev.lintel.ingress.link.LiveUpstreams;
import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.PlanPrinter;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.proxy.observe.ControllerMetrics;
import dev.lintel.proxy.observe.ControllerMetrics.Certificate;
import dev.lintel.proxy.observe.ControllerMetrics.Orphan;
import dev.lintel.proxy.observe.MetricFamilies;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.tls.KeyMaterial;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// The control plane as metrics. Told by the control thread, read by scrapes: what takes long to
/// say of a plan is worked out when somebody asks.
final class ControlMetrics {
  private final ControllerMetrics controller;
  private final LiveUpstreams upstreams;
  private final Gauge problems;
  private volatile List<Certificate> certificates = List.of();
  private volatile @Nullable ProxyPlan applied;
  private @Nullable ProxyPlan described;

  ControlMetrics(Metrics metrics, LiveUpstreams upstreams) {
    this.controller = metrics.controller();
    this.upstreams = upstreams;
    this.problems =
        Gauge.builder()
            .name(MetricFamilies.PROBLEMS.name())
            .help(MetricFamilies.PROBLEMS.help())
            .labelNames(MetricFamilies.PROBLEMS.ownLabels())
            .register(metrics.registry());
    GaugeWithCallback.builder()
        .name(MetricFamilies.UNREADY_UPSTREAMS.name())
        .help(MetricFamilies.UNREADY_UPSTREAMS.help())
        .callback(callback -> callback.call(upstreams.unready()))
        .register(metrics.registry());
    CounterWithCallback.builder()
        .name("lintel_endpoint_ejections_total")
        .help("How often an endpoint was left out after failures in a row.")
        .callback(callback -> callback.call(upstreams.report().ejections()))
        .register(metrics.registry());
    gauge(
        metrics,
        "lintel_ejected_endpoints",
        "Endpoints that are left out after failures in a row.",
        upstreams::ejected);
    gauge(
        metrics,
        "lintel_unwell_endpoints",
        "Endpoints that are left out because health checks failed.",
        upstreams::unwell);
    gauge(
        metrics,
        "lintel_panicking_upstreams",
        "Upstreams that use all of their endpoints because fewer than half are well.",
        upstreams::panicking);
    String version = ControlMetrics.class.getPackage().getImplementationVersion();
    controller.build(version == null ? "unknown" : version, "", "");
  }

  private static void gauge(Metrics metrics, String name, String help, IntSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsInt()))
        .register(metrics.registry());
  }

  /// The endpoints of every upstream, for people.
  String endpoints() {
    return upstreams.describe();
  }

  /// Somebody is about to read the metrics.
  ///
  /// @param election the name of the Lease, or empty where there is no election
  /// @param leads whether this process tells of certificates, for all replicas
  void beforeScrape(String election, boolean leads) {
    ProxyPlan plan = applied;
    if (plan != null) {
      describe(plan);
    }
    controller.certificates(leads ? certificates : List.of());
    if (!election.isEmpty()) {
      controller.leader(election, leads);
    }
  }

  /// A round ended.
  void ended(Round round, List<Problem> all) {
    if (round.isNew()) {
      controller.onConfigApplied(round.at(), round.compileNanos(), round.linkNanos());
      applied = round.compilation().plan();
    }
    for (Problem.Severity severity : Problem.Severity.values()) {
      long count = all.stream().filter(each -> each.severity() == severity).count();
      problems.labelValues(severity.name().toLowerCase(Locale.ROOT)).set((double) count);
    }
  }

  /// A round failed.
  void failed() {
    controller.onConfigFailed();
  }

  /// What is said of a whole plan is worked out when somebody asks, not at every edit.
  @SuppressWarnings("ReferenceEquality") // the same plan says the same
  private synchronized void describe(ProxyPlan plan) {
    controller.orphans(orphans(plan)); // endpoints come and go under one plan
    if (plan != described) {
      controller.configHash(PlanPrinter.checksum(plan));
      certificates = certificates(plan);
      described = plan;
    }
  }

  private List<Orphan> orphans(ProxyPlan plan) {
    Set<Orphan> orphans = new LinkedHashSet<>();
    for (HostPlan host : plan.hosts()) {
      for (RoutePlan route : host.routes()) {
        if (route.target() instanceof RoutePlan.ToUpstream to) {
          UpstreamPlan upstream = plan.upstreams().get(to.key());
          if (upstream != null && upstream.kind() instanceof UpstreamPlan.Missing) {
            orphans.add(orphan(route, "no-service"));
          } else if (!upstreams.hasEndpoints(to.key())) {
            orphans.add(orphan(route, "no-endpoint"));
          }
        }
      }
    }
    return List.copyOf(orphans);
  }

  private static Orphan orphan(RoutePlan route, String type) {
    return new Orphan(route.labels().namespace(), route.labels().ingress(), type);
  }

  private static List<Certificate> certificates(ProxyPlan plan) {
    List<Certificate> certificates = new ArrayList<>();
    for (Map.Entry<String, CertificatePlan> entry : plan.certificates().entrySet()) {
      certificates.add(certificate(entry.getKey(), entry.getValue()));
      CertificatePlan other = entry.getValue().other();
      if (other != null) {
        certificates.add(certificate(entry.getKey(), other));
      }
    }
    certificates.add(certificate("_", plan.defaultCertificate()));
    return certificates;
  }

  private static Certificate certificate(String host, CertificatePlan plan) {
    String source = plan.source();
    int slash = source.indexOf('/');
    KeyMaterial material = plan.material();
    return new Certificate(
        slash < 0 ? "" : source.substring(0, slash),
        host,
        source.substring(slash + 1),
        material.fingerprint().substring(0, 16),
        material.issuerOrganization(),
        material.issuerCommonName(),
        material.serial().toString(),
        material.publicKeyAlgorithm(),
        material.notAfter());
  }
}
