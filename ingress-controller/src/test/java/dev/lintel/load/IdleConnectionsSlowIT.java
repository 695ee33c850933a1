package dev.lintel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client costs that is connected and does nothing. The clients live in another process than
/// the product, so that each has the files it may open for itself.
class IdleConnectionsSlowIT {
  private static final int CONNECTIONS = Extent.of(2_000, 8_000);
  private static final int WARM_UP = 3_000;
  private static final int AT_A_TIME = 16;
  private static final int MOST_KIB = 40;

  /// Long enough for what is given back to be given back, shorter than idle connections are kept.
  private static final int REST_SECONDS = 6;

  /// Thousands of clients are not what is looked for leaks in here.
  @BeforeAll
  static void trackNoBuffers() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/1.1", "h2"})
  void anIdleTlsConnectionIsSmall(String protocol, @TempDir Path folder) throws Exception {
    SslContext tls = ManyClients.tls(protocol);
    boolean http2 = protocol.equals("h2");
    try (OkBackend backend = new OkBackend();
        Served lintel = new Served(folder, backend.port())) {
      for (int done = 0; done < WARM_UP; done += AT_A_TIME) {
        open(lintel, tls, http2, AT_A_TIME).close();
      }
      TimeUnit.SECONDS.sleep(REST_SECONDS);
      long before = lintel.residentBytes();

      try (Held held = open(lintel, tls, http2, CONNECTIONS)) {
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        long each = (lintel.residentBytes() - before) / CONNECTIONS;
        System.out.printf(
            "%,d idle connections of %s over TLS: %.1f KiB each above %d MiB%n",
            CONNECTIONS, protocol, each / 1024.0, before >> 20);
        assertThat(held.counts().lost().get()).as("%s", lintel.output()).isZero();
        assertThat(each).as("bytes for each connection").isLessThanOrEqualTo(MOST_KIB * 1024L);
      }
    }
  }

  private record Held(ManyClients clients, IdleClient.Counts counts) implements AutoCloseable {
    @Override
    public void close() {
      clients.close();
    }
  }

  /// Opens connections, a few at a time; each has had an answer when this returns.
  private static Held open(Served lintel, SslContext tls, boolean http2, int count)
      throws InterruptedException {
    ManyClients clients = new ManyClients();
    IdleClient.Counts counts = new IdleClient.Counts(AT_A_TIME);
    for (int i = 0; i < count; i++) {
      assertThat(counts.beginning().tryAcquire(30, TimeUnit.SECONDS)).as("answered").isTrue();
      clients.connect(lintel.httpsPort(), tls, () -> new IdleClient(http2, counts));
    }
    assertThat(counts.beginning().tryAcquire(AT_A_TIME, 30, TimeUnit.SECONDS)).isTrue();
    assertThat(counts.answered().get()).isEqualTo(count);
    return new Held(clients, counts);
  }
}
