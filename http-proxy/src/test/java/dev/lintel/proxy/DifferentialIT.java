package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.differential.DifferentialRun;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Random requests, many of them slightly wrong: the upstream sees those that an independent strict
/// parser finds in the client's bytes, with the same bodies, or they were refused. Another range of
/// seeds: `-Dlintel.differential.first=N -Dlintel.differential.seeds=N`.
@ExtendWith(LeakCheck.class)
class DifferentialIT {
  private static final long FIRST = Long.getLong("lintel.differential.first", 0);
  private static final int SEEDS = Integer.getInteger("lintel.differential.seeds", 8_000);

  @Test
  void whatArrivesIsWhatWasSentOrNothing() throws Exception {
    try (DifferentialRun run = new DifferentialRun()) {
      try (TestProxy proxy = new TestProxy(2)) {
        proxy.upstream.endpoints(new EndpointSet(List.of(new Endpoint(run.upstream())), false));
        proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 0, 3, false, 0, true);
        proxy.apply();
        run.send(proxy.server.httpPort(), FIRST, SEEDS);
      }
      DifferentialRun.Result result = run.compare();
      System.out.printf(
          "differential: %d seeds, %d requests forwarded, %d ended wrong, %d without a mistake%n",
          SEEDS, result.forwarded(), result.refused(), result.good());
      assertThat(result.differences())
          .as("differences (%s of %s seeds)", result.differences().size(), SEEDS)
          .isEmpty();
      assertThat(result.forwarded()).as("forwarded").isGreaterThan(SEEDS);
      assertThat(result.refused()).as("ended wrong").isGreaterThan(SEEDS / 8);
      assertThat(result.good()).as("without a mistake").isGreaterThan(SEEDS / 4);
    }
  }
}
