package dev.lintel.proxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.exchange.ClientAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SourceConnectionsTest {
  private final SourceConnections sources = new SourceConnections();

  private static ClientAddress address(String text) throws UnknownHostException {
    return ClientAddress.of(InetAddress.getByName(text));
  }

  @Test
  void countsAnAddressOfIpv4AndANetworkOfIpv6() throws Exception {
    assertThat(sources.add(address("192.0.2.1")).open()).isEqualTo(1);
    assertThat(sources.add(address("192.0.2.1")).open()).isEqualTo(2);
    assertThat(sources.add(address("192.0.2.2")).open()).isEqualTo(1);
    assertThat(sources.add(address("2001:db8:1:2::1")).open()).isEqualTo(1);
    assertThat(sources.add(address("2001:db8:1:2:ffff::9")).open()).isEqualTo(2);
    assertThat(sources.add(address("2001:db8:1:3::1")).open()).isEqualTo(1);
  }

  @Test
  void forgetsASourceWithItsLastConnection() throws Exception {
    SourceConnections.Count one = sources.add(address("192.0.2.1"));
    SourceConnections.Count two = sources.add(address("192.0.2.1"));
    one.leave();
    assertThat(sources.sources()).isEqualTo(1);
    two.leave();
    assertThat(sources.sources()).isZero();
    assertThat(sources.add(address("192.0.2.1")).open()).isEqualTo(1);
  }

  @Test
  void losesNoneAmongThreads() throws Exception {
    ClientAddress address = address("192.0.2.1");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<Integer> work =
          () -> {
            int most = 0;
            for (int i = 0; i < 50_000; i++) {
              SourceConnections.Count count = sources.add(address);
              most = Math.max(most, count.open());
              count.leave();
            }
            return most;
          };
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(threads.submit(work));
      }
      for (Future<Integer> each : all) {
        assertThat(each.get()).isBetween(1, 4);
      }
    }
    assertThat(sources.sources()).isZero();
  }
}
