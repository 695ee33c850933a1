package dev.lintel.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.corpus.client.RawHello;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thousands of clients that say hello and leave our answer without another word, some 2,000 of
/// them a second, beside some that want something.
class HandshakeFloodSlowIT {
  private static final int FLOOD = Extent.of(4_000, 12_000);
  private static final int AT_ONCE = 40;

  /// Of all event loops, however many connections there may be.
  private static final int MOST_HELD = 4_096 * Runtime.getRuntime().availableProcessors();

  private static final int MOST_KIB = 64;

  @BeforeAll
  static void trackNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @Test
  void nobodyElseNoticesAndMemoryIsBounded(@TempDir Path folder) throws Exception {
    byte[] hello = RawHello.of(RawHello.TLS_12, Served.HOST, List.of("http/1.1"));
    AtomicInteger ended = new AtomicInteger();
    try (OkBackend backend = new OkBackend();
        Served lintel = new Served(folder, backend.port());
        ManyClients clients = new ManyClients();
        SteadyTraffic traffic = new SteadyTraffic(lintel)) {
      TimeUnit.SECONDS.sleep(3);
      int before = traffic.answered();
      long resident = lintel.residentBytes();
      long most = 0;
      long begin = System.nanoTime();
      for (int i = 0; i < FLOOD; i++) {
        clients.connect(lintel.httpsPort(), null, () -> new HalfHandshakeClient(hello, ended));
        if (i % AT_ONCE == 0) {
          Thread.sleep(20);
          most = Math.max(most, lintel.residentBytes() - resident);
        }
      }
      long millis = (System.nanoTime() - begin) / 1_000_000;
      TimeUnit.MILLISECONDS.sleep(500);
      int given = ended.get();
      traffic.close();
      System.out.printf(
          "%,d handshakes left open within %,d ms: %,d given up meanwhile, resident memory + %d MiB;"
              + " meanwhile %,d requests with %d failures, p50 %,d us, p99 %,d us%n",
          FLOOD,
          millis,
          given,
          most >> 20,
          traffic.answered() - before,
          traffic.failures().size(),
          traffic.micros(500),
          traffic.micros(990));
      assertThat(traffic.failures()).as("%s", lintel.output()).isEmpty();
      assertThat(FLOOD - given).isLessThanOrEqualTo(MOST_HELD);
      assertThat(most).isLessThan(Math.min(FLOOD, MOST_HELD) * MOST_KIB * 1024L);
    }
  }
}
