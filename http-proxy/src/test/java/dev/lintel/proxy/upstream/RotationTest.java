package dev.lintel.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.upstream.balance.ByHash;
import dev.lintel.proxy.upstream.balance.Derivation;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose turn it is, on one loop and on several.
class RotationTest {
  private static final int PICKS = 10_000;

  private final DefaultEventLoop thread = new DefaultEventLoop();

  @AfterEach
  void close() {
    thread.shutdownGracefully();
  }

  private static EndpointSet endpoints(int from, int to) {
    List<Endpoint> all = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      all.add(new Endpoint(new InetSocketAddress(InetAddress.ofLiteral("10.0.0." + i), 8_080)));
    }
    return new EndpointSet(all, false);
  }

  private UpstreamPool[] pools(int loops, Upstream upstream) {
    UpstreamPool[] pools = new UpstreamPool[loops];
    for (int i = 0; i < loops; i++) {
      pools[i] = new UpstreamPool(upstream, new Loop(i, thread, Transport.portable()));
      pools[i].adopt();
    }
    return pools;
  }

  private static Upstream upstream(double phase) {
    return new Upstream(
        "default-shop-80",
        UpstreamSettings.DEFAULT,
        Guard.NONE,
        HealthSettings.OFF,
        new HealthReport(),
        phase,
        null);
  }

  private static String pick(UpstreamPool pool, Attempts attempts) {
    EndpointPool picked = pool.pick(attempts);
    assertThat(picked).isNotNull();
    return picked.endpoint.text();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void eachEndpointGetsItsShareWithinOnePercent(int loops) {
    Upstream upstream = upstream(0.3);
    upstream.endpoints(endpoints(1, 10));
    UpstreamPool[] pools = pools(loops, upstream);
    Random chance = new Random(5);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < PICKS; i++) {
      counts.merge(pick(pools[chance.nextInt(loops)], new Attempts()), 1, Integer::sum);
    }
    System.out.println("round robin, " + loops + " loops: " + counts.values());
    assertThat(counts).hasSize(10);
    assertThat(counts.values()).allSatisfy(n -> assertThat(n).isCloseTo(1_000, within(10)));
  }

  @Test
  void fewRequestsOnManyLoopsReachEveryEndpoint() {
    for (int loops : new int[] {2, 4}) {
      Upstream upstream = upstream(0);
      upstream.endpoints(endpoints(1, 8));
      UpstreamPool[] pools = pools(loops, upstream);
      Map<String, Integer> counts = new HashMap<>();
      for (int i = 0; i < 8; i++) {
        counts.merge(pick(pools[i % loops], new Attempts()), 1, Integer::sum);
      }
      assertThat(counts).as("%d loops", loops).hasSize(8);
    }
  }

  @Test
  void upstreamsOfReplicasBeginWithDifferentEndpoints() {
    String[] first = new String[4];
    for (int i = 0; i < first.length; i++) {
      Upstream upstream = upstream(i / 4.0);
      upstream.endpoints(endpoints(1, 4));
      first[i] = pick(pools(1, upstream)[0], new Attempts());
    }
    assertThat(Arrays.stream(first).distinct()).hasSize(4);
  }

  @Test
  void anotherSetDoesNotBeginTheRotationAnew() {
    Upstream upstream = upstream(0);
    upstream.endpoints(endpoints(1, 4));
    UpstreamPool pool = pools(1, upstream)[0];
    pick(pool, new Attempts());
    pick(pool, new Attempts());

    upstream.endpoints(endpoints(1, 5));
    pool.adopt();

    assertThat(pick(pool, new Attempts())).isEqualTo("10.0.0.3:8080");
  }

  @Test
  void aTriedEndpointIsNotPickedAgain() {
    Upstream upstream = upstream(0);
    upstream.endpoints(endpoints(1, 3));
    UpstreamPool pool = pools(1, upstream)[0];
    Attempts attempts = new Attempts();
    for (int i = 0; i < 3; i++) {
      EndpointPool picked = pool.pick(attempts);
      assertThat(picked).isNotNull();
      assertThat(attempts.includes(picked.endpoint)).isFalse();
      attempts.add(picked, false);
    }
    assertThat(pool.pick(attempts)).isNull();
    attempts.allowRepeat();
    assertThat(pool.pick(attempts)).isNotNull();
  }

  @Test
  void whatWasWorkedOutFollowsTheSetAndEndsWithItsLease() {
    ByHash by = new ByHash();
    Derivation ring = by.needs().get(0);
    Upstream upstream = upstream(0);
    upstream.endpoints(endpoints(1, 10));
    Upstream.Lease lease = upstream.derive(ring);
    UpstreamPool pool = pools(1, upstream)[0];
    Attempts attempts = new Attempts();
    attempts.choose(by).hash(0x7fff_1234);
    String owner = pick(pool, attempts);
    for (int i = 0; i < 5; i++) {
      assertThat(pick(pool, attempts)).isEqualTo(owner);
    }

    upstream.endpoints(endpoints(1, 20));
    upstream.endpoints(endpoints(1, 10));
    pool.adopt();
    assertThat(pick(pool, attempts)).isEqualTo(owner);

    lease.close();
    pool.adopt();
    assertThat(upstream.table().derived().ring()).isNull();
    assertThat(pick(pool, attempts)).isNotEqualTo(pick(pool, attempts));
  }
}
