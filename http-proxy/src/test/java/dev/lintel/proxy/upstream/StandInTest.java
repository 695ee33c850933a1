package dev.lintel.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.upstream.balance.ByCookie;
import dev.lintel.proxy.upstream.balance.ByHash;
import dev.lintel.proxy.upstream.guard.EndpointHealth;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.proxy.upstream.guard.UpstreamHealth;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When endpoints of other zones are used: where fewer than half of the near ones are well.
class StandInTest {
  private static final long NOW = 1_000_000_000_000L;

  private final DefaultEventLoop thread = new DefaultEventLoop();
  private final Upstream upstream =
      new Upstream(
          "default-shop-80",
          UpstreamSettings.DEFAULT,
          Guard.NONE,
          new HealthSettings(1, 60_000, false, null),
          new HealthReport(),
          0,
          null);

  @AfterEach
  void close() {
    upstream.close();
    thread.shutdownGracefully();
  }

  private static List<Endpoint> endpoints(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(
            i -> new Endpoint(new InetSocketAddress(InetAddress.ofLiteral("10.0.0." + i), 80)))
        .toList();
  }

  /// The first ones are near.
  private static EndpointSet set(int near, int all) {
    return new EndpointSet(endpoints(1, near), endpoints(near + 1, all), false);
  }

  private List<String> used() {
    return texts(upstream.table().used());
  }

  private static List<String> texts(List<Endpoint> endpoints) {
    return endpoints.stream().map(each -> each.address().getHostString().substring(7)).toList();
  }

  private UpstreamHealth health() {
    return Objects.requireNonNull(upstream.health());
  }

  private void eject(int... numbers) {
    for (int number : numbers) {
      EndpointHealth endpoint = health().of(endpoints(number, number).getFirst().address());
      endpoint.failed("refused");
      await(endpoint::isEjected); // by the thread beside the loops
    }
  }

  /// Asks under the lock, so that the table is the one that belongs to the answer.
  private void await(BooleanSupplier isSo) {
    boolean[] answer = {false};
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!answer[0] && System.nanoTime() - end < 0) {
      boolean changed =
          upstream.change(
              () -> {
                answer[0] = isSo.getAsBoolean();
                return false;
              });
      assertThat(changed).isFalse();
      Thread.onSpinWait();
    }
    assertThat(answer[0]).isTrue();
  }

  private void readmit(int number) {
    EndpointHealth endpoint = health().of(endpoints(number, number).getFirst().address());
    assertThat(upstream.change(() -> health().readmit(endpoint, NOW))).isTrue();
  }

  @Test
  void nearOnesAreUsedWhileHalfOfThemAreWell() {
    upstream.endpoints(set(2, 6));
    assertThat(used()).containsExactly("1", "2");

    eject(1);
    assertThat(used()).containsExactly("2");
  }

  @Test
  void allThatAreWellAreUsedWhereFewerThanHalfOfTheNearOnesAre() {
    upstream.endpoints(set(2, 6));
    eject(1, 2);
    assertThat(used()).containsExactly("3", "4", "5", "6");

    readmit(1);
    assertThat(used()).containsExactly("1");
  }

  @Test
  void theOnlyNearOneMayBeLeftOutWhereOthersStandIn() {
    upstream.endpoints(set(1, 2));
    eject(1);
    assertThat(used()).containsExactly("2");
  }

  @Test
  void whereFewerThanHalfOfAllAreWellAllAreUsed() {
    upstream.endpoints(set(2, 4));
    eject(1, 2);
    assertThat(used()).containsExactly("3", "4");

    upstream.endpoints(set(2, 3)); // one of two ejections is one too many for three
    assertThat(upstream.standing().ejected()).isOne();
    assertThat(used()).hasSize(1).containsAnyOf("1", "2");
  }

  @Test
  void whoFailedAtAllNearOnesIsSentElsewhereBeforeWhatIsLeftOut() {
    upstream.endpoints(set(2, 4));
    eject(1, 3);

    assertThat(used()).containsExactly("2");
    assertThat(texts(upstream.table().spare())).containsExactly("4", "1", "3");
    assertThat(upstream.table().standIns()).isOne();
  }

  @Test
  void withoutHealthThoseElsewhereStandByAsWell() {
    Upstream plain = new Upstream("default-shop-80", UpstreamSettings.DEFAULT, Guard.NONE);
    plain.endpoints(set(1, 3));

    assertThat(texts(plain.table().used())).containsExactly("1");
    assertThat(texts(plain.table().spare())).containsExactly("2", "3");
  }

  @Test
  void whatIsWorkedOutIsOfTheNearOnesAlone() {
    try (Upstream.Lease ring = upstream.derive(new ByHash().needs().getFirst());
        Upstream.Lease keys = upstream.derive(new ByCookie(true, false).needs().getFirst())) {
      assertThat(ring).isNotEqualTo(keys);
      upstream.endpoints(set(2, 6));
      EndpointTable table = upstream.table();
      Upstream near = new Upstream("default-shop-80", UpstreamSettings.DEFAULT, Guard.NONE);
      try (Upstream.Lease alone = near.derive(new ByHash().needs().getFirst())) {
        assertThat(alone).isNotNull();
        near.endpoints(new EndpointSet(endpoints(1, 2), false));
        for (int hash = 0; hash < 100; hash++) {
          int point = hash * 0x9E3779B1;
          assertThat(Objects.requireNonNull(table.derived().ring()).indexOf(point))
              .isEqualTo(Objects.requireNonNull(near.table().derived().ring()).indexOf(point));
        }
      }
    }
  }

  @Test
  void everyLoopPicksFromTheSame() {
    upstream.endpoints(set(2, 6));
    for (int loop = 0; loop < 2; loop++) {
      UpstreamPool pool = upstream.pool(new Loop(loop, thread, Transport.portable()));
      pool.adopt();
      for (int i = 0; i < 10; i++) {
        EndpointPool picked = pool.pick(new Attempts());
        assertThat(texts(List.of(Objects.requireNonNull(picked).endpoint)).getFirst())
            .isIn("1", "2");
      }
    }
  }

  @Test
  void peopleSeeWhereEndpointsAre() {
    upstream.endpoints(set(1, 2));
    StringBuilder text = new StringBuilder();
    upstream.describe(text);
    assertThat(text)
        .contains("10.0.0.1:80 used\n", "10.0.0.2:80 of another zone, used if needed\n");

    eject(1);
    text.setLength(0);
    upstream.describe(text);
    assertThat(text).contains("10.0.0.2:80 of another zone, used\n");
  }
}
