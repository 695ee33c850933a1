package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;
import org.junit.jupiter.api.parallel.Resources;

/// Backends that fail in the ways in which pods do, under steady requests, with the times that hold
/// where nothing is said. `make test` runs it; `make slow-it FULL=1` for longer, with TLS,
/// WebSockets and another host, one fault after the other. F-08 is [IdleCloseSlowIT]; what of F-08
/// and F-10 is about being left out is in [EjectionIT] and [HealthCheckIT].
@ExtendWith(LeakCheck.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(providers = FaultInjectionSlowIT.Alone.class)
class FaultInjectionSlowIT {
  private static final boolean FULL = Boolean.getBoolean("lintel.load.full");

  /// In full each one measures the process.
  static final class Alone implements ResourceLocksProvider {
    @Override
    public Set<Lock> provideForClass(Class<?> test) {
      return FULL ? Set.of(new Lock(Resources.GLOBAL, ResourceAccessMode.READ_WRITE)) : Set.of();
    }
  }

  private final Ledger ledger = new Ledger();
  private final List<BackendProcess> processes = new ArrayList<>();

  @AfterEach
  void close() {
    processes.forEach(BackendProcess::close);
  }

  private List<Endpoint> processes(int count) throws IOException {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BackendProcess made = new BackendProcess(i);
      processes.add(made);
      endpoints.add(made.endpoint());
    }
    return endpoints;
  }

  private Scene scene(String name, TestProxy proxy) throws Exception {
    return new Scene(name, proxy, ledger, true);
  }

  @DisplayName("F-04: a backend is killed")
  @Test
  void killed() throws Exception {
    try (TestProxy proxy = Scene.proxy(processes(4));
        Scene scene = scene("F-04", proxy)) {
      long begin = System.nanoTime();
      processes.get(0).kill();
      long picked = Wait.within(1_000, () -> scene.ejected() == 1);
      long out = System.nanoTime();
      Thread.sleep(FULL ? 20_000 : 3_000);
      processes.get(0).start();
      long back = Wait.within(31_000, () -> scene.ejected() == 0);
      Thread.sleep(1_000);
      scene.end(0);
      System.out.println("F-04: left out after " + picked + " ms, used again after " + back);
      scene.judge(count(scene, shot -> shot.post() && shot.overlaps(begin, out)));
    }
  }

  /// A time in which a backend that is stopped was used.
  private record Span(long from, long to) {}

  @DisplayName("F-05: a backend is stopped, and its kernel still takes connections")
  @Test
  void stopped() throws Exception {
    List<Span> used = new ArrayList<>();
    List<Span> atFirst = new ArrayList<>();
    List<Long> returns = new ArrayList<>();
    try (TestProxy proxy = Scene.proxy(processes(4));
        Scene scene = scene("F-05", proxy)) {
      for (int round = 0; round < (FULL ? 10 : 2); round++) {
        long begin = System.nanoTime();
        processes.get(0).stop();
        long out = Wait.within(Scene.READ_MILLIS + 2_500, () -> scene.ejected() == 1);
        atFirst.add(new Span(begin, System.nanoTime()));
        waitWhileStopped(scene, (FULL ? 20_000 : 8_000) - out, used);
        processes.get(0).resume();
        long back = Wait.within(40_000, () -> scene.ejected() == 0);
        returns.add(System.nanoTime());
        System.out.println("F-05: left out after " + out + " ms, used again after " + back);
        Thread.sleep(500);
      }
      scene.end(0);
      used.addAll(atFirst);
      scene.judge(
          count(scene, shot -> shot.post() && used.stream().anyMatch(of -> isIn(shot, of))));
      for (Span span : atFirst) {
        assertThat(millisAfterTheFifth(scene, span)).isLessThan(FULL ? 500 : 2_500);
      }
      for (long each : returns) {
        assertThat(count(scene, shot -> shot.isFrom(0) && shot.at() - each > 0)).isPositive();
      }
    }
  }

  private static int count(Scene scene, Predicate<Barrage.Shot> predicate) {
    return scene.barrage.where(predicate).size();
  }

  private static boolean isIn(Barrage.Shot shot, Span span) {
    return shot.overlaps(span.from, span.to);
  }

  /// Adds when the backend was used again meanwhile: it takes connections when its time is over.
  private static void waitWhileStopped(Scene scene, long millis, List<Span> used)
      throws InterruptedException {
    long begin = System.nanoTime();
    long since = 0;
    boolean isUsed = false;
    while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(millis)) {
      boolean now = scene.ejected() == 0;
      if (now && !isUsed) {
        since = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(50); // it may have begun before
      } else if (isUsed && !now) {
        used.add(new Span(since, System.nanoTime()));
      }
      isUsed = now;
      Thread.sleep(5);
    }
    if (isUsed) {
      used.add(new Span(since, System.nanoTime()));
    }
  }

  /// From the fifth timeout until the backend was left out.
  private static long millisAfterTheFifth(Scene scene, Span span) {
    long fifth =
        scene.barrage.where(shot -> isIn(shot, span) && shot.millis() >= Scene.READ_MILLIS).stream()
            .map(shot -> shot.at() - span.from)
            .sorted()
            .skip(4)
            .findFirst()
            .orElseThrow();
    long millis = TimeUnit.NANOSECONDS.toMillis(span.to - span.from - fifth) - Scene.READ_MILLIS;
    System.out.println("F-05: left out " + millis + " ms after the fifth timeout");
    return millis;
  }

  @DisplayName("F-06: a backend is a black hole")
  @Test
  void blackHole() throws Exception {
    List<Socket> fillers = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // A listener whose queue is full drops what comes.
      for (int i = 0; i < 3; i++) {
        Socket filler = new Socket();
        fillers.add(filler);
        try {
          filler.connect(full.getLocalSocketAddress(), 200);
        } catch (IOException _) {
          // Now it is full.
        }
      }
      List<Endpoint> endpoints = processes(3);
      endpoints.add(new Endpoint((InetSocketAddress) full.getLocalSocketAddress()));
      try (TestProxy proxy = Scene.proxy(endpoints.subList(0, 3));
          Scene scene = scene("F-06", proxy)) {
        long begin = System.nanoTime();
        proxy.upstream.endpoints(new EndpointSet(endpoints, false));
        Wait.within(Scene.CONNECT_MILLIS + 3_000, () -> scene.ejected() == 1);
        long out = System.nanoTime();
        Thread.sleep(FULL ? 40_000 : 12_000); // its time is over, and it is not used
        scene.end();
        List<Barrage.Shot> slow =
            scene.barrage.where(shot -> shot.at() - begin > 0 && shot.millis() > 1_000);
        long slowest = slow.stream().mapToLong(Barrage.Shot::millis).max().orElse(0);
        System.out.println("F-06: " + slow.size() + " slow requests, the slowest " + slowest);
        assertThat(slow)
            .isNotEmpty()
            .allMatch(shot -> shot.millis() >= Scene.CONNECT_MILLIS * 9 / 10);
        assertThat(slowest).isLessThanOrEqualTo(5_600);
        assertThat(slow).as("sent after it was left out").noneMatch(shot -> shot.at() - out > 0);
        scene.judge(0);
      }
    } finally {
      for (Socket filler : fillers) {
        filler.close();
      }
    }
  }

  @DisplayName("F-10: three of four backends refuse connections")
  @Test
  void threeOfFourRefuse() throws Exception {
    try (TestProxy proxy = Scene.proxy(processes(4));
        Scene scene = scene("F-10", proxy)) {
      for (int i = 1; i < 4; i++) {
        processes.get(i).kill();
      }
      Wait.within(5_000, () -> scene.ejected() == 2);
      Thread.sleep(10_000);
      long steady = System.nanoTime();
      Thread.sleep(FULL ? 60_000 : 5_000);
      assertThat(scene.ejected()).isLessThanOrEqualTo(2);
      scene.end(1, 2, 3);
      List<Barrage.Shot> later = scene.barrage.where(shot -> shot.at() - steady > 0);
      System.out.printf(
          "F-10: %,d requests, %d failed; from second 10 on %,d, %d failed%n",
          scene.barrage.count(),
          count(scene, shot -> !shot.isGood()),
          later.size(),
          later.stream().filter(shot -> !shot.isGood()).count());
      assertThat(later).isNotEmpty().allMatch(shot -> shot.post() || shot.isGood());
    }
  }

  @DisplayName("F-11: all backends are gone for a while, and then there again")
  @Test
  void allGone() throws Exception {
    List<Endpoint> endpoints = processes(3);
    try (TestProxy proxy = Scene.proxy(endpoints);
        Scene scene = scene("F-11", proxy)) {
      int before = scene.barrage.count();
      for (BackendProcess each : processes) {
        each.kill();
      }
      Thread.sleep(1_000); // nobody has told Lintel yet
      proxy.upstream.endpoints(EndpointSet.EMPTY);
      Thread.sleep(200);
      long gone = System.nanoTime();
      Thread.sleep(FULL ? 60_000 : 4_000);
      for (BackendProcess each : processes) {
        each.start();
      }
      long event = System.nanoTime();
      List<Barrage.Shot> refused =
          scene.barrage.where(shot -> shot.at() - gone > 0 && shot.at() - event < 0);
      proxy.upstream.endpoints(new EndpointSet(endpoints, false));
      Thread.sleep(3_000);
      scene.end(0, 1, 2);
      List<Long> nanos = refused.stream().map(Barrage.Shot::nanos).toList();
      List<Barrage.Shot> late =
          scene.barrage.where(shot -> shot.at() - event > TimeUnit.SECONDS.toNanos(1));
      System.out.printf(
          "F-11: %,d before, %,d refused in %.2f ms in the median, 99 of 100 in %.2f ms; %,d a"
              + " second after the event%n",
          before, refused.size(), Scene.share(nanos, 50), Scene.share(nanos, 99), late.size());
      assertThat(refused).isNotEmpty().allMatch(shot -> shot.outcome().status() == 503);
      assertThat(Scene.share(nanos, FULL ? 99 : 50)).isLessThan(10);
      assertThat(late).isNotEmpty().allMatch(Barrage.Shot::isGood);
    }
  }
}
