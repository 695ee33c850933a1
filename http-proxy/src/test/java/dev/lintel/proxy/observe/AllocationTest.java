package dev.lintel.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
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

  private void run(MetricShard shard, LoopLog loop, LogFormat format) {
    for (int i = 0; i < REQUESTS; i++) {
      shard.onRequestBegun();
      shard.onRequestEnded(request);
      loop.write(format, request);
    }
  }
}
