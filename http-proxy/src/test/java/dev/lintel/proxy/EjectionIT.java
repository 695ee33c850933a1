package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Endpoints that fail are left out for a while, as their clients see it. The books of all requests
/// are in order after each test: see [Ledger#check].
@ExtendWith(LeakCheck.class)
class EjectionIT {
  private static final int LONG = 60_000;
  private static final int READ_MILLIS = 300;
  private static final HealthSettings FOR_LONG = new HealthSettings(5, LONG, false, null);

  private final Ledger ledger = new Ledger();
  private int sent;

  private static TestProxy proxy(int version, HealthSettings health, EndpointSet endpoints)
      throws Exception {
    UpstreamSettings settings = UpstreamSettings.DEFAULT;
    TestProxy proxy =
        new TestProxy(2, version == 2 ? settings.over(H2Multiplexing.CLEAR) : settings, health);
    proxy.settings = new RouteSettings(1_000, READ_MILLIS, 60_000, 0, 3, false, 0, true);
    proxy.apply();
    proxy.upstream.endpoints(endpoints);
    return proxy;
  }

  /// One GET after another until this is so. It is decided beside the loops, so there is a little
  /// time between any two, and more where it should be so already.
  private void sendUntil(Caller caller, int most, BooleanSupplier isSo) throws Exception {
    for (int i = 0; i < most && !isSo.getAsBoolean(); i++) {
      get(caller);
      Thread.sleep(2 * i > most ? 20 : 2);
    }
    assertThat(isSo.getAsBoolean()).as("after %d requests, %s", most, ledger).isTrue();
  }

  private Outcome get(Caller caller) throws IOException {
    String id = "r" + ++sent;
    Outcome outcome = caller.call("GET", id);
    ledger.done(id, true, outcome);
    return outcome;
  }

  private static int ejected(TestProxy proxy) {
    return proxy.upstream.standing().ejected();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whatFailsOverHttp1IsLeftOut(Fault fault) throws Exception {
    leaveOut(1, fault);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whatFailsOverHttp2IsLeftOut(Fault fault) throws Exception {
    leaveOut(2, fault);
  }

  /// An answer that says that the endpoint cannot is an answer.
  private void leaveOut(int version, Fault fault) throws Exception {
    int faulty = 6; // of seven, so that the extra tries (one for five requests) suffice
    try (Fleet fleet = new Fleet(version, ledger).healthy(faulty).faulty(fault);
        TestProxy proxy = proxy(version, FOR_LONG, fleet.endpoints());
        Caller caller = Caller.over(2, proxy.server.httpPort())) {
      if (fault.effect == Fault.Effect.PASSED_ON) {
        for (int i = 0; i < 140; i++) {
          get(caller);
        }
        assertThat(ejected(proxy)).isZero();
        assertThat(ledger.seenAt(faulty)).hasSize(20);
        return;
      }
      sendUntil(caller, 100, () -> ejected(proxy) == 1);
      int before = ledger.seenAt(faulty).size();
      if (fault.isHeardOf()) {
        assertThat(before).as("requests that it took").isBetween(5, 9);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(get(caller).isGood()).isTrue();
      }
      assertThat(ledger.seenAt(faulty)).hasSize(before);
    }
    ledger.check();
    if (fault.effect == Fault.Effect.NONE) {
      assertThat(ledger.where(entry -> !entry.outcome().isGood())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void answersOfAServerErrorEjectWhereThatIsWanted(int version) throws Exception {
    HealthSettings strict = new HealthSettings(5, LONG, true, null);
    try (Fleet fleet = new Fleet(version, ledger).healthy(1).faulty(Fault.ANSWERS_503);
        TestProxy proxy = proxy(version, strict, fleet.endpoints());
        Caller caller = Caller.over(1, proxy.server.httpPort())) {
      sendUntil(caller, 40, () -> ejected(proxy) == 1);
      assertThat(ledger.seenAt(1)).hasSizeBetween(5, 8);
      assertThat(get(caller).isGood()).isTrue();
    }
  }

  @DisplayName("F-08: who closes connections that are idle is not left out")
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void closingIdleConnectionsIsNoFailure(int version) throws Exception {
    HealthSettings nervous = new HealthSettings(2, LONG, false, null);
    try (Fleet fleet = new Fleet(version, ledger).forgetful(3, version == 2 ? 200 : 20);
        TestProxy proxy = proxy(version, nervous, fleet.endpoints())) {
      new Callers(proxy.server.httpPort(), ledger, 0, 25)
          .run(8, 60, request -> assertThat(request).isPositive());
      assertThat(ejected(proxy)).isZero();
    }
    ledger.check();
    assertThat(ledger.where(entry -> !entry.outcome().isGood())).isEmpty();
  }

  @DisplayName("F-10: at most half of the endpoints are left out, never the last one")
  @ParameterizedTest
  @CsvSource({"1, 3, 2", "0, 1, 0", "0, 2, 1", "2, 1, 1"})
  void atMostHalfAreLeftOut(int healthy, int faulty, int most) throws Exception {
    Fleet fleet = new Fleet(1, ledger).healthy(healthy);
    for (int i = 0; i < faulty; i++) {
      fleet.faulty(Fault.REFUSES);
    }
    try (fleet;
        TestProxy proxy = proxy(1, FOR_LONG, fleet.endpoints());
        Caller caller = Caller.over(2, proxy.server.httpPort())) {
      for (int i = 0; i < 200; i++) {
        get(caller);
        if (i % 20 == 0) {
          Thread.sleep(60); // what may not be left out for now is looked at again a little later
        }
      }
      assertThat(ejected(proxy)).isEqualTo(most);
    }
    if (healthy > 0) {
      assertThat(ledger.where(entry -> !entry.outcome().isGood())).isEmpty();
    }
  }

  @Test
  void whereAllOthersFailOneThatIsLeftOutIsTried() throws Exception {
    Backend.Script shut = (_, socket, _) -> socket.close();
    try (Backend one = new Backend(shut);
        Backend two = Backend.saying("two");
        TestProxy proxy =
            proxy(1, FOR_LONG, new EndpointSet(List.of(one.endpoint(), two.endpoint()), false));
        TestClient client = proxy.client()) {
      for (int i = 0; i < 60 && ejected(proxy) == 0; i++) {
        client.get("/");
      }
      assertThat(ejected(proxy)).isEqualTo(1);
      for (int i = 0; i < 40; i++) {
        client.get("/"); // there must be a budget for extra tries
      }
      one.script = (_, _, out) -> out.write(Backend.ok("one"));
      two.script = shut;
      assertThat(client.get("/").text()).isEqualTo("one");
    }
  }

  @Test
  void whoCannotBeReachedIsNotTriedWithRequests() throws Exception {
    ServerSocket gone = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    int port = gone.getLocalPort();
    gone.close();
    HealthSettings briefly = new HealthSettings(5, 150, false, null);
    try (Fleet fleet = new Fleet(1, ledger).healthy(2);
        TestProxy proxy = proxy(1, briefly, fleet.with(port));
        Caller caller = Caller.over(1, proxy.server.httpPort())) {
      sendUntil(caller, 40, () -> ejected(proxy) == 1);
      Thread.sleep(600); // several times the first ejection
      assertThat(ejected(proxy)).isEqualTo(1);
      try (Backend back = new Backend(port, (_, _, out) -> out.write(Backend.ok("back")))) {
        Wait.until(() -> ejected(proxy) == 0);
        boolean used = false;
        for (int i = 0; i < 6; i++) {
          used |= caller.call("GET", "later" + i).text().equals("back");
        }
        assertThat(used).isTrue();
        assertThat(back.requests).isNotEmpty();
      }
    }
  }

  @Test
  void whoComesBackAndFailsAgainIsLeftOutAtOnceAndForLonger() throws Exception {
    HealthSettings briefly = new HealthSettings(5, 200, false, null);
    try (Fleet fleet = new Fleet(1, ledger).healthy(1).faulty(Fault.SPEAKS_GARBAGE);
        TestProxy proxy = proxy(1, briefly, fleet.endpoints());
        Caller caller = Caller.over(2, proxy.server.httpPort())) {
      long first = System.nanoTime();
      sendUntil(caller, 40, () -> ejected(proxy) == 1);
      int taken = ledger.seenAt(1).size();
      Wait.until(() -> ejected(proxy) == 0);
      long second = System.nanoTime();
      assertThat(second - first).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
      sendUntil(caller, 10, () -> ejected(proxy) == 1);
      assertThat(ledger.seenAt(1).size() - taken).isBetween(1, 4);
      Wait.until(() -> ejected(proxy) == 0);
      assertThat(System.nanoTime() - second).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
    }
  }

  @Test
  void otherEndpointsChangeNothingButWhoLeavesAndReturnsIsNew() throws Exception {
    try (Fleet fleet = new Fleet(1, ledger).healthy(3).faulty(Fault.RESETS_AFTER_REQUEST);
        TestProxy proxy = proxy(1, FOR_LONG, fleet.endpoints());
        Caller caller = Caller.over(1, proxy.server.httpPort())) {
      sendUntil(caller, 60, () -> ejected(proxy) == 1);
      int before = ledger.seenAt(3).size();
      proxy.upstream.endpoints(fleet.without(0));
      for (int i = 0; i < 12; i++) {
        assertThat(get(caller).isGood()).isTrue();
      }
      assertThat(ejected(proxy)).isEqualTo(1);
      assertThat(ledger.seenAt(3)).hasSize(before);
      proxy.upstream.endpoints(fleet.without(3));
      proxy.upstream.endpoints(fleet.endpoints());
      assertThat(ejected(proxy)).isZero();
      sendUntil(caller, 8, () -> ledger.seenAt(3).size() > before);
    }
    ledger.check();
  }

  @Test
  void allLoopsSeeItAndConnectionsThatWaitThereAreClosed() throws Exception {
    try (Backend one = Backend.saying("one");
        Backend two = Backend.saying("two");
        TestProxy proxy =
            proxy(1, FOR_LONG, new EndpointSet(List.of(one.endpoint(), two.endpoint()), false))) {
      List<TestClient> clients = new java.util.ArrayList<>();
      for (int i = 0; i < 16; i++) {
        TestClient client = proxy.client(); // on both loops, as good as certainly
        clients.add(client);
        client.get("/");
        client.get("/");
      }
      one.script = (_, _, out) -> out.write(Backend.bytes("garbage\r\n\r\n"));
      for (int i = 0; i < 60 && ejected(proxy) == 0; i++) {
        clients.get(0).get("/");
      }
      assertThat(ejected(proxy)).isEqualTo(1);
      for (TestClient client : clients) {
        assertThat(client.get("/").text()).isEqualTo("two");
        assertThat(client.get("/").text()).isEqualTo("two");
        client.close();
      }
      Wait.until(() -> one.closedConnections() == one.connections());
    }
  }

  @Test
  void aClientThatLeavesIsNoFailure() throws Exception {
    Backend.Script slow =
        (_, _, out) -> {
          Thread.sleep(150);
          out.write(Backend.ok("late"));
        };
    HealthSettings nervous = new HealthSettings(1, LONG, false, null);
    try (Backend one = new Backend(slow);
        Backend two = new Backend(slow);
        TestProxy proxy =
            proxy(1, nervous, new EndpointSet(List.of(one.endpoint(), two.endpoint()), false))) {
      for (int i = 0; i < 6; i++) {
        try (Socket client =
            new Socket(InetAddress.getLoopbackAddress(), proxy.server.httpPort())) {
          client.getOutputStream().write(Backend.bytes("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"));
          Thread.sleep(20);
        }
      }
      Thread.sleep(200);
      assertThat(ejected(proxy)).isZero();
    }
  }
}
