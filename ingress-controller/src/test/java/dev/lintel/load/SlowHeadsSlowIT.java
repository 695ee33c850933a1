package dev.lintel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.util.LongSummaryStatistics;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thousands of clients that never come to the end of a head, beside some that want something.
class SlowHeadsSlowIT {
  private static final int SLOW = Extent.of(2_000, 5_000);

  /// One of so many speaks TLS.
  private static final int TLS_OF = 5;

  private static final int AT_ONCE = 50;
  private static final int CUT_MILLIS = 11_000;
  private static final int PATIENCE_SECONDS = 40;

  @BeforeAll
  static void trackNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @Test
  void eachIsCutInTimeAndNobodyElseNotices(@TempDir Path folder) throws Exception {
    Queue<Long> lives = new ConcurrentLinkedQueue<>();
    SslContext tls = ManyClients.tls("http/1.1");
    try (OkBackend backend = new OkBackend();
        Served lintel = new Served(folder, backend.port());
        ManyClients clients = new ManyClients();
        SteadyTraffic traffic = new SteadyTraffic(lintel)) {
      TimeUnit.SECONDS.sleep(3);
      int before = traffic.answered();
      long resident = lintel.residentBytes();
      for (int i = 0; i < SLOW; i++) {
        boolean overTls = i % TLS_OF == 0;
        clients.connect(
            overTls ? lintel.httpsPort() : lintel.httpPort(),
            overTls ? tls : null,
            () -> new SlowHeadClient(overTls, lives));
        if (i % AT_ONCE == 0) {
          Thread.sleep(20);
        }
      }
      long grown = lintel.residentBytes() - resident;
      for (int i = 0; i < PATIENCE_SECONDS * 10 && lives.size() < SLOW; i++) {
        Thread.sleep(100);
      }
      traffic.close();
      LongSummaryStatistics cut = lives.stream().mapToLong(Long::longValue).summaryStatistics();
      System.out.printf(
          "%,d slow heads: cut after %,d to %,d ms, resident memory + %d MiB; meanwhile %,d requests"
              + " with %d failures, p50 %,d us, p99 %,d us%n",
          SLOW,
          cut.getMin(),
          cut.getMax(),
          grown >> 20,
          traffic.answered() - before,
          traffic.failures().size(),
          traffic.micros(500),
          traffic.micros(990));
      assertThat(lives).as("%s", lintel.output()).hasSize(SLOW);
      assertThat(lives).allMatch(millis -> millis <= CUT_MILLIS);
      assertThat(traffic.failures()).isEmpty();
      assertThat(traffic.answered() - before).isGreaterThan(1_000);
    }
  }
}
