package dev.lintel.proxy.overload;

import dev.lintel.proxy.observe.MetricFamilies;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the resources several times a second, on a thread of its own, and tells the stage that
/// follows: each time it changes, and with every look while it is [Stage#SHEDDING].
///
/// Metrics: `lintel_resource_use_ratio` (by `resource`) and `lintel_overload_stage` (0 is calm).
public final class OverloadWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OverloadWatch.class);

  /// Nothing is short at the start, and looking for the first time costs time that the start needs.
  private static final int FIRST_LOOK_MILLIS = 3_000;

  private static final int LOOK_MILLIS = 250;

  private final List<Resource> own;
  private final Consumer<Stage> told;
  private final PrometheusRegistry registry;
  private final MultiCollector collector = this::snapshots;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("overload-watch", true));
  private List<Resource> resources = List.of();
  private volatile List<Use> uses = List.of();
  private volatile Stage stage = Stage.CALM;

  /// How much of a resource is in use.
  private record Use(String resource, double share) {}

  /// Does nothing before [#start].
  ///
  /// @param own resources beside the memory and the open files of the process
  /// @param told called on the watch's thread; must not block
  public OverloadWatch(List<Resource> own, Consumer<Stage> told, PrometheusRegistry registry) {
    this.own = List.copyOf(own);
    this.told = told;
    this.registry = registry;
  }

  /// Begins to look.
  public void start() {
    registry.register(collector);
    thread.scheduleWithFixedDelay(
        this::look, FIRST_LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      if (resources.isEmpty()) {
        resources = new ArrayList<>(own);
        resources.addAll(Memory.all());
        resources.add(new OpenFiles());
      }
      judge(resources.stream().map(each -> new Use(each.name(), each.share())).toList());
    } catch (RuntimeException e) {
      LOG.error("the use of resources cannot be read", e);
    }
  }

  private void judge(List<Use> now) {
    Use scarcest = new Use("", 0);
    for (Use use : now) {
      if (use.share() > scarcest.share()) {
        scarcest = use;
      }
    }
    uses = now;
    Stage next = stage.next(scarcest.share());
    if (next != stage) {
      LOG.warn(
          "overload stage {} after {}: {} is used to {} %",
          next, stage, scarcest.resource(), Math.round(100 * scarcest.share()));
    }
    if (next != stage || next == Stage.SHEDDING) {
      stage = next;
      told.accept(next);
    }
  }

  private MetricSnapshots snapshots() {
    GaugeSnapshot.Builder ratios =
        GaugeSnapshot.builder()
            .name(MetricFamilies.RESOURCE_USE.name())
            .help(MetricFamilies.RESOURCE_USE.help());
    for (Use use : uses) {
      ratios.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("resource", use.resource()))
              .value(use.share())
              .build());
    }
    GaugeSnapshot stages =
        GaugeSnapshot.builder()
            .name(MetricFamilies.OVERLOAD_STAGE.name())
            .help(MetricFamilies.OVERLOAD_STAGE.help())
            .dataPoint(GaugeDataPointSnapshot.builder().value(stage.ordinal()).build())
            .build();
    return new MetricSnapshots(ratios.build(), stages);
  }

  /// Looks no more.
  @Override
  public void close() {
    registry.unregister(collector);
    thread.shutdownNow();
  }
}
