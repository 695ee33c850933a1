package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/// Backends that are there and of little use, and are not left out for it: as many requests as the
/// processor allows, or with `make slow-it FULL=1` those of a minute.
@ExtendWith(LeakCheck.class)
@Isolated
class UnreliableSlowIT {
  private static final boolean FULL = Boolean.getBoolean("lintel.load.full");
  private static final int CLIENTS = 16;
  private static final int FULL_MILLIS = 60_000;

  private final Ledger ledger = new Ledger();
  private final List<BackendProcess> processes = new ArrayList<>();

  @AfterEach
  void close() {
    processes.forEach(BackendProcess::close);
  }

  @DisplayName("F-07: a backend resets every attempt to connect")
  @Test
  void refusing() throws Exception {
    for (int i = 0; i < 4; i++) {
      processes.add(new BackendProcess(i));
    }
    processes.get(3).kill();
    List<Endpoint> endpoints = processes.stream().map(BackendProcess::endpoint).toList();
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
          Scene.share(met, 50), Scene.share(others, 50));
      assertThat(Scene.share(met, 50) - Scene.share(others, 50)).isLessThan(5);
      if (FULL) {
        try (Scene scene = new Scene("F-07", proxy, ledger, true)) {
          Thread.sleep(FULL_MILLIS);
          scene.end();
          scene.judge(0);
        }
      }
    }
  }

  /// So many requests, in full those of a minute; nobody is left out for what they meet.
  private void send(String name, Fleet fleet, int postOf, int requests) throws Exception {
    try (TestProxy proxy = Scene.proxy(fleet.endpoints().endpoints())) {
      if (FULL) {
        try (Scene scene = new Scene(name, proxy, ledger, false)) {
          Thread.sleep(FULL_MILLIS);
          scene.end();
        }
      } else {
        new Callers(proxy.server.httpPort(), ledger, postOf, 0)
            .run(CLIENTS, requests / CLIENTS, request -> assertThat(request).isPositive());
      }
      assertThat(proxy.upstream.standing().ejected()).isZero();
    }
    ledger.check();
  }

  @DisplayName("F-09: a backend answers 503 to 30 %, garbage to 1 %, and half a body to 1 %")
  @Test
  void unreliable() throws Exception {
    try (Fleet fleet = new Fleet(1, ledger).healthy(3).unreliable(30, 1, 1)) {
      send("F-09", fleet, 10, 6_000);
    }
    List<Ledger.Entry> there = ledger.seenAt(3);
    List<Ledger.Entry> failed = ledger.where(entry -> !entry.outcome().isGood());
    List<Ledger.Entry> busy = count(failed, 503);
    List<Ledger.Entry> garbled = count(failed, 502);
    List<Ledger.Entry> cut = failed.stream().filter(entry -> !entry.outcome().whole()).toList();
    System.out.printf(
        "F-09: %d requests, %d there, 503 %d, 502 %d, cut %d%n",
        ledger.where(_ -> true).size(), there.size(), busy.size(), garbled.size(), cut.size());
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

  @DisplayName("F-10: three of four backends answer 503")
  @Test
  void threeOfFourAreBusy() throws Exception {
    try (Fleet fleet =
        new Fleet(1, ledger)
            .healthy(1)
            .faulty(Fault.ANSWERS_503)
            .faulty(Fault.ANSWERS_503)
            .faulty(Fault.ANSWERS_503)) {
      send("F-10", fleet, 0, 4_000);
    }
    double requests = ledger.where(_ -> true).size();
    double good = ledger.where(entry -> entry.outcome().isGood()).size() / requests;
    System.out.println("F-10: share of good answers beside three that are busy: " + good);
    assertThat(good).isGreaterThan(0.245); // a quarter, but for where the loops stand at the end
  }
}
