package dev.lintel.proxy.observe;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// What is counted, under ingress-nginx's names: each loop counts for itself, a scrape adds up.
///
/// Everything that happens per request goes to a [MetricShard]; what happens rarely goes to the
/// registry (see [ControllerMetrics]).
public final class Metrics {
  /// The media type of what [#write] writes.
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /// All hosts that no Ingress names: whoever asks for them must not choose how many series there
  /// are.
  private static final String UNDEFINED_HOST = "_";

  private final MetricsOptions options;
  private final CellLayout layout;
  private final LabelLimits limits;
  private final List<MetricShard> shards = new CopyOnWriteArrayList<>();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ControllerMetrics controller;
  private volatile AccessLog log = AccessLog.off();
  private volatile int generation;

  /// Nothing counted yet.
  public Metrics(MetricsOptions options) {
    this.options = options;
    this.layout = new CellLayout(options);
    this.limits = new LabelLimits(options.limits().hosts(), options.limits().paths());
    this.controller = new ControllerMetrics(options, registry);
  }

  /// The part of one event loop. To be made once for each.
  public MetricShard newShard() {
    MetricShard shard = new MetricShard(this, layout, options.statusClasses());
    shards.add(shard);
    return shard;
  }

  /// Reports the losses of this log along.
  public void watch(AccessLog accessLog) {
    log = accessLog;
  }

  /// What the control plane reports.
  public ControllerMetrics controller() {
    return controller;
  }

  /// Where more metrics may be registered.
  public PrometheusRegistry registry() {
    return registry;
  }

  /// Drops the series of routes that are no more. To be called after a configuration with these
  /// routes was published; a late request of an old one may bring its series back until the next
  /// call.
  @SuppressWarnings("NonAtomicVolatileUpdate") // one control plane
  public void keepOnly(Collection<RouteLabels> routes) {
    Set<RouteLabels> present = new LinkedHashSet<>();
    for (RouteLabels labels : routes) {
      present.add(keyOf(labels));
    }
    present.add(keyOf(RouteLabels.NONE));
    limits.keepOnly(present);
    Set<RouteLabels> kept = new HashSet<>();
    for (RouteLabels labels : present) {
      kept.add(limits.find(labels));
    }
    for (MetricShard shard : shards) {
      shard.series().keySet().retainAll(kept);
    }
    generation++;
  }

  /// Writes everything in Prometheus' text format.
  public void write(OutputStream out) throws IOException {
    TextExposition text = new TextExposition(out);
    String common = commonLabels();
    new RequestExposition(layout, options, common, shards).write(text);
    new TotalExposition(common, shards, log, controller).write(text);
    text.flush();
    PrometheusTextFormatWriter.create()
        .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
  }

  /// Requests for hosts that nobody serves are counted where hosts make no series, or where that is
  /// wanted.
  boolean isCounted(RouteLabels labels) {
    return !options.perHost()
        || options.limits().perUndefinedHost()
        || !labels.equals(RouteLabels.NONE);
  }

  /// The labels that requests of a route are counted under from now on.
  RouteLabels admit(RouteLabels labels) {
    return limits.admit(keyOf(labels));
  }

  /// The labels without what is not exported: what differs in nothing else is one series.
  private RouteLabels keyOf(RouteLabels labels) {
    boolean isUndefined = labels.equals(RouteLabels.NONE);
    return new RouteLabels(
        !options.perHost() ? "" : isUndefined ? UNDEFINED_HOST : labels.host(),
        labels.path(),
        labels.namespace(),
        labels.ingress(),
        labels.service(),
        labels.canary());
  }

  int generation() {
    return generation;
  }

  private String commonLabels() {
    return TextExposition.label("controller_class", options.controllerClass())
        + ","
        + TextExposition.label("controller_namespace", options.controllerNamespace())
        + ","
        + TextExposition.label("controller_pod", options.controllerPod());
  }
}
