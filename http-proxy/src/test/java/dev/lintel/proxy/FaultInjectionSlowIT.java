package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/// Backends that fail in the ways in which pods do, under steady requests, with the times that hold
/// where nothing is said. `make test` runs it; `make slow-it FULL=1` for longer. F-08 is
/// [IdleCloseSlowIT]; what of F-08 and F-10 is about being left out is in [EjectionIT] and
/// [HealthCheckIT].
@ExtendWith(LeakCheck.class)
@Isolated
class FaultInjectionSlowIT {
  private static final boolean FULL = Boolean.getBoolean("lintel.load.full");
  private static final int CLIENTS = 16;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int READ_MILLIS = 2_000;

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

  private static TestProxy proxy(List<Endpoint> endpoints) throws Exception {
    TestProxy proxy = new TestProxy(2, UpstreamSettings.DEFAULT, HealthSettings.USUAL);
    proxy.settings = new RouteSettings(CONNECT_MILLIS, READ_MILLIS, 60_000, 0, 3, false, 0, true);
    proxy.apply();
    proxy.upstream.endpoints(new EndpointSet(endpoints, false));
    return proxy;
  }

  private Barrage barrage(TestProxy proxy) throws InterruptedException {
    Barrage barrage = new Barrage(proxy.server.httpPort(), CLIENTS, ledger);
    Thread.sleep(1_500); // the first ones are slow, and there is a budget for extra tries now
    return barrage;
  }

  private static int ejected(TestProxy proxy) {
    return proxy.upstream.standing().ejected();
  }

  /// How long it took, in milliseconds.
  private static long await(int mostMillis, BooleanSupplier isSo) throws InterruptedException {
    long begin = System.nanoTime();
    long millis = 0;
    while (!isSo.getAsBoolean() && millis < mostMillis) {
      Thread.sleep(5);
      millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }
    assertThat(isSo.getAsBoolean()).as("within %d ms", mostMillis).isTrue();
    return millis;
  }

  /// No GET failed, and of POST no more than were under way.
  private void judge(String what, Barrage barrage, int mostPosts) {
    List<Barrage.Shot> failed = barrage.where(shot -> !shot.isGood());
    System.out.printf(
        "%s: %d requests, %d failed, all of them POST: %b%n",
        what, barrage.count(), failed.size(), failed.stream().allMatch(Barrage.Shot::post));
    assertThat(failed).allMatch(Barrage.Shot::post).hasSizeLessThanOrEqualTo(mostPosts);
  }

  @DisplayName("F-04: a backend is killed")
  @Test
  void killed() throws Exception {
    try (TestProxy proxy = proxy(processes(4));
        Barrage barrage = barrage(proxy)) {
      processes.get(0).kill();
      long picked = await(1_000, () -> ejected(proxy) == 1);
      Thread.sleep(FULL ? 20_000 : 3_000);
      processes.get(0).start();
      long back = await(31_000, () -> ejected(proxy) == 0);
      Thread.sleep(1_000);
      barrage.close();
      System.out.println("F-04: left out after " + picked + " ms, used again after " + back);
      judge("F-04", barrage, CLIENTS);
    }
  }

  @DisplayName("F-05: a backend is stopped, and its kernel still takes connections")
  @Test
  void stopped() throws Exception {
    int rounds = FULL ? 10 : 2;
    try (TestProxy proxy = proxy(processes(4));
        Barrage barrage = barrage(proxy)) {
      for (int round = 0; round < rounds; round++) {
        processes.get(0).stop();
        long out = await(READ_MILLIS + 2_500, () -> ejected(proxy) == 1);
        Thread.sleep(FULL ? 20_000 : 6_000);
        processes.get(0).resume();
        int done = barrage.count();
        long back = await(40_000, () -> ejected(proxy) == 0);
        await(5_000, () -> barrage.count() > done + 100);
        System.out.println("F-05: left out after " + out + " ms, used again after " + back);
      }
      barrage.close();
      // In a round: those under way when it stopped, and those of the probation.
      judge("F-05", barrage, rounds * 4 * CLIENTS);
    }
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
      try (TestProxy proxy = proxy(endpoints);
          Barrage barrage = barrage(proxy)) {
        await(CONNECT_MILLIS + 3_000, () -> ejected(proxy) == 1);
        long out = System.nanoTime();
        Thread.sleep(FULL ? 40_000 : 12_000); // its time is over, and it is not used
        barrage.close();
        List<Barrage.Shot> slow = barrage.where(shot -> shot.millis() > 1_000);
        long slowest = slow.stream().mapToLong(Barrage.Shot::millis).max().orElse(0);
        System.out.println("F-06: " + slow.size() + " slow requests, the slowest " + slowest);
        assertThat(slow).isNotEmpty().allMatch(shot -> shot.millis() >= CONNECT_MILLIS * 9 / 10);
        assertThat(slowest).isLessThanOrEqualTo(5_600);
        assertThat(slow).as("sent after it was left out").noneMatch(shot -> shot.at() - out > 0);
        judge("F-06", barrage, 0);
      }
    } finally {
      for (Socket filler : fillers) {
        filler.close();
      }
    }
  }

  @DisplayName("F-07: a backend resets every attempt to connect")
  @Test
  void refusing() throws Exception {
    List<Endpoint> endpoints = processes(3);
    BackendProcess gone = new BackendProcess(3);
    processes.add(gone);
    gone.kill();
    endpoints.add(gone.endpoint());
    // It is never left out, so that each fourth request meets it.
    TestProxy proxy = new TestProxy(2, UpstreamSettings.DEFAULT, HealthSettings.OFF);
    try (proxy) {
      proxy.upstream.endpoints(new EndpointSet(endpoints, false));
      int rounds = 2_000;
      List<Long> met = new ArrayList<>();
      List<Long> others = new ArrayList<>();
      try (Caller caller = Caller.over(1, proxy.server.httpPort())) {
        for (int i = 0; i < rounds; i++) {
          String id = "m" + i;
          long at = System.nanoTime();
          Outcome outcome = caller.call("GET", id);
          long nanos = System.nanoTime() - at;
          assertThat(outcome.isGood()).isTrue();
          if (i > rounds / 2) {
            // The order is fixed: 0, 1, 2, and 3, which is 0 instead.
            (i % 4 == 3 ? met : others).add(nanos);
          }
        }
      }
      System.out.printf(
          "F-07: median %.2f ms past the one that refuses, %.2f ms otherwise%n",
          median(met), median(others));
      assertThat(median(met) - median(others)).isLessThan(5);
    }
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().skip(nanos.size() / 2).findFirst().orElseThrow() / 1e6;
  }

  @DisplayName("F-09: a backend answers 503 to 30 %, garbage to 1 %, and half a body to 1 %")
  @Test
  void unreliable() throws Exception {
    int requests = FULL ? 40_000 : 6_000;
    try (Fleet fleet = new Fleet(1, ledger).healthy(3).unreliable(30, 1, 1);
        TestProxy proxy = proxy(fleet.endpoints().endpoints())) {
      new Callers(proxy.server.httpPort(), ledger, 10, 0)
          .run(CLIENTS, requests / CLIENTS, request -> assertThat(request).isPositive());
      assertThat(ejected(proxy)).isZero();
    }
    ledger.check();
    List<Ledger.Entry> there = ledger.seenAt(3);
    List<Ledger.Entry> failed = ledger.where(entry -> !entry.outcome().isGood());
    List<Ledger.Entry> busy = count(failed, 503);
    List<Ledger.Entry> garbled = count(failed, 502);
    List<Ledger.Entry> cut = failed.stream().filter(entry -> !entry.outcome().whole()).toList();
    System.out.printf(
        "F-09: %d requests, %d there, 503 %d, 502 %d, cut %d%n",
        requests, there.size(), busy.size(), garbled.size(), cut.size());
    assertThat(there).containsAll(failed);
    assertThat(failed).hasSize(busy.size() + garbled.size() + cut.size());
    assertThat(busy).as("passed on").allMatch(entry -> entry.outcome().text().equals("busy"));
    assertThat((double) busy.size() / there.size()).isBetween(0.25, 0.35);
    assertThat(garbled).isNotEmpty();
    assertThat(cut).isNotEmpty();
    assertThat(failed).as("sent once").allMatch(e -> ledger.sightings(e.id()).size() == 1);
  }

  private static List<Ledger.Entry> count(List<Ledger.Entry> failed, int status) {
    return failed.stream()
        .filter(entry -> entry.outcome().whole() && entry.outcome().status() == status)
        .toList();
  }

  @DisplayName("F-10: three of four backends refuse connections")
  @Test
  void threeOfFourRefuse() throws Exception {
    try (TestProxy proxy = proxy(processes(4));
        Barrage barrage = barrage(proxy)) {
      for (int i = 1; i < 4; i++) {
        processes.get(i).kill();
      }
      await(5_000, () -> ejected(proxy) == 2);
      Thread.sleep(10_000);
      long steady = System.nanoTime();
      Thread.sleep(FULL ? 60_000 : 5_000);
      assertThat(ejected(proxy)).isLessThanOrEqualTo(2);
      barrage.close();
      List<Barrage.Shot> later = barrage.where(shot -> shot.at() - steady > 0);
      System.out.println(
          "F-10: "
              + barrage.count()
              + " requests, "
              + barrage.where(shot -> !shot.isGood()).size()
              + " failed; from second 10 on "
              + later.size());
      assertThat(later).isNotEmpty().allMatch(shot -> shot.post() || shot.isGood());
    }
  }

  @DisplayName("F-10: three of four backends answer 503")
  @Test
  void threeOfFourAreBusy() throws Exception {
    int requests = 4_000;
    try (Fleet fleet =
            new Fleet(1, ledger)
                .healthy(1)
                .faulty(Fault.ANSWERS_503)
                .faulty(Fault.ANSWERS_503)
                .faulty(Fault.ANSWERS_503);
        TestProxy proxy = proxy(fleet.endpoints().endpoints())) {
      new Callers(proxy.server.httpPort(), ledger, 0, 0)
          .run(CLIENTS, requests / CLIENTS, request -> assertThat(request).isPositive());
      assertThat(ejected(proxy)).isZero();
    }
    ledger.check();
    double good = (double) ledger.where(entry -> entry.outcome().isGood()).size() / requests;
    System.out.println("F-10: share of good answers beside three that are busy: " + good);
    assertThat(good).isGreaterThan(0.245); // a quarter, but for where the loops stand at the end
  }

  @DisplayName("F-11: all backends are gone for a while, and then there again")
  @Test
  void allGone() throws Exception {
    List<Endpoint> endpoints = processes(3);
    try (TestProxy proxy = proxy(endpoints);
        Barrage barrage = barrage(proxy)) {
      int before = barrage.count();
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
          barrage.where(shot -> shot.at() - gone > 0 && shot.at() - event < 0);
      proxy.upstream.endpoints(new EndpointSet(endpoints, false));
      Thread.sleep(3_000);
      barrage.close();
      double typical = median(refused.stream().map(Barrage.Shot::nanos).toList());
      List<Barrage.Shot> late =
          barrage.where(shot -> shot.at() - event > TimeUnit.SECONDS.toNanos(1));
      System.out.printf(
          "F-11: %d before, %d refused in %.2f ms in the median, %d a second after the event%n",
          before, refused.size(), typical, late.size());
      assertThat(refused).isNotEmpty().allMatch(shot -> shot.outcome().status() == 503);
      assertThat(typical).isLessThan(10);
      assertThat(late).isNotEmpty().allMatch(Barrage.Shot::isGood);
    }
  }
}
