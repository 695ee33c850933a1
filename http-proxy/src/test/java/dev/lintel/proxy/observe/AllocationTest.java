package dev.lintel.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The log line and the metrics of a request cost its loop no object.
class AllocationTest {
  private static final int REQUESTS = 200_000;

  private final SampleRequest request = new SampleRequest();

  @Test
  void aFinishedRequestAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Metrics metrics = new Metrics(MetricsOptions.of("class", "namespace", "pod"));
    MetricShard shard = metrics.newShard();
    try (AccessLog log = AccessLog.to(OutputStream.nullOutputStream())) {
      LoopLog loop = log.newLoop();
      LogFormat format = log.format();
      run(shard, loop, format);

      long before = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      run(shard, loop, format);
      long nanos = System.nanoTime() - start;
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;

      System.out.println(
          "log line and metrics: "
              + bytes
              + " bytes and "
              + nanos / REQUESTS
              + " ns a request over "
              + REQUESTS
              + ", lost "
              + log.lostLines());
      // The text of the time, once a second, is all there is.
      assertThat(bytes).isLessThan(REQUESTS / 2);
    }
  }

  /// What the histograms of one request cost, beside its counters.
  @Test
  void histogramsAllocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    MetricShard all = shard(Set.of());
    MetricShard none =
        shard(
            MetricFamilies.ALL.stream()
                .filter(each -> each.type() == MetricFamily.Type.HISTOGRAM)
                .map(MetricFamily::name)
                .collect(Collectors.toSet()));
    count(all);
    count(none);
    long before = threads.getCurrentThreadAllocatedBytes();
    long with = Long.MAX_VALUE;
    long without = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      with = Math.min(with, count(all));
      without = Math.min(without, count(none));
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    System.out.println(
        "counters and histograms " + with + " ns a request, counters alone " + without + " ns");
    assertThat(bytes).isLessThan(REQUESTS / 2);
  }

  private static MetricShard shard(Set<String> excluded) {
    MetricsOptions usual = MetricsOptions.of("class", "namespace", "pod");
    return new Metrics(
            new MetricsOptions(
                usual.controllerClass(),
                usual.controllerNamespace(),
                usual.controllerPod(),
                true,
                false,
                usual.timeBuckets(),
                usual.lengthBuckets(),
                usual.sizeBuckets(),
                new MetricsOptions.Limits(false, excluded, 9, 9)))
        .newShard();
  }

  private long count(MetricShard shard) {
    long start = System.nanoTime();
    for (int i = 0; i < REQUESTS; i++) {
      shard.onRequestBegun();
      shard.onRequestEnded(request);
    }
    return (System.nanoTime() - start) / REQUESTS;
  }

  private void run(MetricShard shard, LoopLog loop, LogFormat format) {
    for (int i = 0; i < REQUESTS; i++) {
      shard.onRequestBegun();
      shard.onRequestEnded(request);
      loop.write(format, request);
    }
  }
}
