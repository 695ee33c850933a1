package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A proxy under steady requests, whose backends then fail. In full there is another host beside
/// it, whose clients notice little, and what the process has open and in memory is as before in the
/// end.
final class Scene implements AutoCloseable {
  static final int CONNECT_MILLIS = 5_000;
  static final int READ_MILLIS = 2_000;
  private static final boolean FULL = Boolean.getBoolean("lintel.load.full");

  /// So many pay for all extra tries that may be saved up.
  private static final int FIRST_REQUESTS = 500;

  private static final int WARM_MILLIS = 25_000;
  private static final long USUAL_NANOS = TimeUnit.SECONDS.toNanos(6);
  private static final double LATEST_MILLIS = 100;

  private final String name;
  private final TestProxy proxy;
  final Barrage barrage;
  private final @Nullable Neighbour neighbour;
  private final @Nullable Vitals vitals;
  private final long begin;

  /// Returns when the first requests, which are slow, are over.
  ///
  /// @param sockets whether the backends know WebSockets
  Scene(String name, TestProxy proxy, Ledger ledger, boolean sockets) throws Exception {
    this.name = name;
    this.proxy = proxy;
    neighbour = FULL ? new Neighbour(proxy) : null;
    barrage = Barrage.begin(proxy, ledger, sockets);
    Wait.within(20_000, () -> barrage.count() >= FIRST_REQUESTS);
    if (FULL) {
      Thread.sleep(WARM_MILLIS);
    }
    vitals = FULL ? new Vitals() : null;
    barrage.check();
    begin = System.nanoTime();
  }

  /// One that leaves endpoints out as it does where nothing is said.
  static TestProxy proxy(List<Endpoint> endpoints) throws Exception {
    TestProxy proxy = new TestProxy(2, UpstreamSettings.DEFAULT, HealthSettings.USUAL);
    proxy.settings = new RouteSettings(CONNECT_MILLIS, READ_MILLIS, 60_000, 0, 3, false, 0, true);
    proxy.apply();
    proxy.upstream.endpoints(new EndpointSet(endpoints, false));
    return proxy;
  }

  /// What so many of 100 do not exceed, in milliseconds.
  static double share(List<Long> nanos, int percent) {
    long skipped = nanos.size() * (long) percent / 100;
    return nanos.stream().sorted().skip(skipped).findFirst().orElseThrow() / 1e6;
  }

  int ejected() {
    return proxy.upstream.standing().ejected();
  }

  /// Ends the requests. Nobody else had anything of it, and nothing is left of it; no WebSocket was
  /// lost but with these backends.
  void end(Integer... faulty) throws Exception {
    barrage.check();
    if (neighbour != null && vitals != null) {
      long end = System.nanoTime();
      vitals.check(name);
      double before = neighbour.p99(begin - USUAL_NANOS, begin);
      double meanwhile = neighbour.p99(begin, end);
      System.out.printf(
          "%s: p99 of another host %.1f ms, before %.1f ms%n", name, meanwhile, before);
      assertThat(neighbour.failures()).isEmpty();
      assertThat(meanwhile).isLessThanOrEqualTo(Math.max(LATEST_MILLIS, 5 * before));
    }
    barrage.close();
    List<Integer> cut = barrage.cutSockets();
    System.out.printf("%s: backends of WebSockets that were cut: %s%n", name, cut);
    assertThat(cut).isSubsetOf(faulty);
  }

  /// No GET failed, and of POST no more than these.
  void judge(int mostPosts) {
    List<Barrage.Shot> failed = barrage.where(shot -> !shot.isGood());
    System.out.printf(
        "%s: %,d requests, %d failed, all of them POST: %b, no more than %d%n",
        name,
        barrage.count(),
        failed.size(),
        failed.stream().allMatch(Barrage.Shot::post),
        mostPosts);
    assertThat(failed).allMatch(Barrage.Shot::post).hasSizeLessThanOrEqualTo(mostPosts);
  }

  @Override
  public void close() throws Exception {
    barrage.close();
    if (neighbour != null && vitals != null) {
      neighbour.close();
      vitals.close();
    }
  }
}
