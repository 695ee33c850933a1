package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real backends that fail beside healthy ones, under requests of many clients that never send
/// anything twice. The books of all requests are in order after each test: see [Ledger#check].
@ExtendWith(LeakCheck.class)
class FaultyBackendsIT {
  private static final int CALLERS = 4;
  private static final int LOOPS = 2;
  private static final int READ_MILLIS = 500;
  private static final int HEALTHY = 6;

  /// One of seven fails, so that the extra tries (one for five requests) suffice.
  private static final int FAULTY = HEALTHY;

  private final Ledger ledger = new Ledger();

  private static TestProxy proxy(int version, Fleet fleet) throws Exception {
    return proxy(version, fleet.endpoints());
  }

  private static TestProxy proxy(int version, EndpointSet endpoints) throws Exception {
    UpstreamSettings settings = UpstreamSettings.DEFAULT;
    TestProxy proxy =
        new TestProxy(LOOPS, version == 2 ? settings.over(H2Multiplexing.CLEAR) : settings);
    proxy.settings = new RouteSettings(5_000, READ_MILLIS, 60_000, 0, 3, false, 0, true);
    proxy.apply();
    proxy.upstream.endpoints(endpoints);
    return proxy;
  }

  private static void nothing(int request) {
    assertThat(request).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultOverHttp1CostsNoMoreThanItMust(Fault fault) throws Exception {
    run(1, fault);
    List<Ledger.Entry> there = ledger.seenAt(FAULTY);
    if (fault.effect == Fault.Effect.BAD_GATEWAY) {
      assertThat(ledger.where(entry -> entry.outcome().status() == 502))
          .containsExactlyInAnyOrderElementsOf(there);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultOverHttp2CostsNoMoreThanItMust(Fault fault) throws Exception {
    run(2, fault);
  }

  private void run(int version, Fault fault) throws Exception {
    int each = fault == Fault.HANGS ? 14 : 70;
    try (Fleet fleet = new Fleet(version, ledger).healthy(HEALTHY).faulty(fault);
        TestProxy proxy = proxy(version, fleet)) {
      new Callers(proxy.server.httpPort(), ledger, 5, 0)
          .run(CALLERS, each, FaultyBackendsIT::nothing);
    }
    ledger.check();
    judge(fault);
  }

  private void judge(Fault fault) {
    List<Ledger.Entry> there = ledger.seenAt(FAULTY);
    if (fault.isHeardOf()) {
      assertThat(there).as("requests that the fault befell").hasSizeGreaterThan(CALLERS);
    }
    switch (fault.effect) {
      case NONE ->
          assertThat(ledger.where(entry -> !entry.outcome().isGood()))
              .allMatch(entry -> !entry.idempotent() && entry.outcome().status() >= 502);
      case BAD_GATEWAY -> {
        assertThat(there).allMatch(entry -> entry.outcome().status() == 502);
        assertThat(ledger.where(entry -> !entry.outcome().isGood()))
            .allMatch(entry -> entry.outcome().status() == 502 && entry.outcome().whole());
      }
      case ABORT ->
          assertThat(ledger.where(entry -> !entry.outcome().isGood()))
              .isNotEmpty()
              .containsExactlyInAnyOrderElementsOf(there)
              .noneMatch(entry -> entry.outcome().whole());
      case PASSED_ON ->
          assertThat(ledger.where(entry -> !entry.outcome().isGood()))
              .containsExactlyInAnyOrderElementsOf(there)
              .allMatch(entry -> entry.outcome().equals(new Outcome(503, "busy", true)))
              .allMatch(entry -> ledger.sightings(entry.id()).size() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void twoOfFourThatRefuseConnectionsCostNothing(int version) throws Exception {
    try (Fleet fleet =
            new Fleet(version, ledger).healthy(2).faulty(Fault.REFUSES).faulty(Fault.REFUSES);
        TestProxy proxy = proxy(version, fleet)) {
      new Callers(proxy.server.httpPort(), ledger, 2, 0)
          .run(CALLERS, 50, FaultyBackendsIT::nothing);
    }
    ledger.check();
    assertThat(ledger.where(entry -> !entry.outcome().isGood())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void connectionsThatCloseWhileTheyWaitCostNoGet(int version) throws Exception {
    try (Fleet fleet = new Fleet(version, ledger).forgetful(3, version == 2 ? 1_000 : 50);
        TestProxy proxy = proxy(version, fleet)) {
      new Callers(proxy.server.httpPort(), ledger, 10, 10)
          .run(4 * CALLERS, 100, FaultyBackendsIT::nothing);
    }
    ledger.check();
    assertThat(ledger.where(entry -> !entry.outcome().isGood()))
        .as("of %d, %s", 4 * CALLERS * 100, ledger)
        .allMatch(entry -> !entry.idempotent() && entry.outcome().status() == 502);
  }

  /// The endpoint is taken out only after it was dead for a while, as in a cluster.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aBackendThatDiesUnderLoadCostsNoGet(int version) throws Exception {
    int dies = 400;
    try (Fleet fleet = new Fleet(version, ledger).healthy(HEALTHY);
        TestProxy proxy = proxy(version, fleet)) {
      new Callers(proxy.server.httpPort(), ledger, 10, 0)
          .run(
              CALLERS,
              300,
              request -> {
                if (request == dies) {
                  kill(fleet, 0);
                } else if (request == 2 * dies) {
                  proxy.upstream.endpoints(fleet.without(0));
                }
              });
    }
    ledger.check();
    assertThat(ledger.where(entry -> !entry.outcome().isGood()))
        .as("no more than were under way")
        .hasSizeLessThanOrEqualTo(CALLERS)
        .allMatch(entry -> !entry.idempotent());
  }

  private static void kill(Fleet fleet, int backend) {
    try {
      fleet.kill(backend);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void withoutEndpointsItIs503AndTheirReturnIsUsedAtOnce(int version) throws Exception {
    try (Fleet fleet = new Fleet(version, ledger).healthy(3);
        TestProxy proxy = proxy(version, fleet)) {
      int port = proxy.server.httpPort();
      for (int round = 0; round < 3; round++) {
        proxy.upstream.endpoints(EndpointSet.EMPTY);
        for (int client = 1; client <= 2; client++) {
          try (Caller caller = Caller.over(client, port)) {
            assertThat(caller.call("POST", "refused").status()).isEqualTo(503);
            proxy.upstream.endpoints(fleet.endpoints());
            String id = round + "-" + client;
            ledger.done(id, true, caller.call("GET", id));
            proxy.upstream.endpoints(EndpointSet.EMPTY);
          }
        }
      }
    }
    ledger.check();
    assertThat(ledger.where(entry -> entry.outcome().isGood())).hasSize(6);
  }

  @Test
  void whatIsUnderWayToARemovedEndpointEndsByItself() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    try (Backend leaving =
            new Backend(
                (_, _, out) -> {
                  if (first.getAndSet(false)) {
                    asked.countDown();
                    answer.await();
                  }
                  out.write(Backend.ok("leaving"));
                });
        Backend staying = Backend.saying("staying");
        TestProxy proxy = new TestProxy(leaving);
        TestClient slow = proxy.client();
        TestClient other = proxy.client()) {
      slow.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      asked.await();
      proxy.serve(staying);
      for (int i = 0; i < 5; i++) {
        assertThat(other.get("/").text()).isEqualTo("staying");
      }
      answer.countDown();
      assertThat(slow.read().text()).isEqualTo("leaving");
      assertThat(slow.get("/").text()).isEqualTo("staying");
    }
  }
}
