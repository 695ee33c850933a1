package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.CheckSettings;
import dev.lintel.proxy.upstream.guard.HealthSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Endpoints are asked whether they are well, and left out where they are not.
@ExtendWith(LeakCheck.class)
class HealthCheckIT {
  private static final String PATH = "/healthz?deep=1";
  private static final int INTERVAL = 150;

  private static HealthSettings settings(int timeoutMillis) {
    return new HealthSettings(0, 0, false, new CheckSettings(PATH, INTERVAL, timeoutMillis, 2, 2));
  }

  private static TestProxy proxy(int loops, HealthSettings health, Backend... backends)
      throws Exception {
    TestProxy proxy = new TestProxy(loops, UpstreamSettings.DEFAULT, health);
    proxy.serve(backends);
    return proxy;
  }

  private static boolean isCheck(Backend.Request request) {
    return request.line().startsWith("GET " + PATH + " ");
  }

  /// Answers requests with its name, and checks with what it holds.
  private static Backend backend(String name, AtomicInteger status) throws Exception {
    return new Backend(
        (request, _, out) ->
            out.write(
                isCheck(request)
                    ? Backend.bytes(
                        "HTTP/1.1 " + status.get() + " Checked\r\nContent-Length: 2\r\n\r\nok")
                    : Backend.ok(name)));
  }

  private static Set<String> answers(TestClient client, int count) throws Exception {
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < count; i++) {
      answers.add(client.get("/").text());
    }
    return answers;
  }

  @Test
  void whoIsNotWellIsLeftOutUntilItIs() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    try (Backend one = backend("one", status);
        Backend two = backend("two", new AtomicInteger(302));
        TestProxy proxy = proxy(2, settings(1_000), one, two);
        TestClient client = proxy.client()) {
      Wait.until(() -> one.requests.size() >= 3);
      assertThat(answers(client, 10)).containsExactlyInAnyOrder("one", "two");
      status.set(503);
      Wait.until(() -> proxy.upstream.standing().unwell() == 1);
      assertThat(answers(client, 10)).containsExactly("two");
      status.set(399);
      Wait.until(() -> proxy.upstream.standing().unwell() == 0);
      assertThat(answers(client, 10)).containsExactlyInAnyOrder("one", "two");
      Backend.Request check = one.requests.stream().filter(HealthCheckIT::isCheck).findAny().get();
      assertThat(check.line()).isEqualTo("GET " + PATH + " HTTP/1.1");
      assertThat(check.field("host")).isEqualTo(one.endpoint().name());
      assertThat(check.field("user-agent")).isEqualTo("lintel-health-check");
    }
  }

  @Test
  void silenceAndGarbageAndAClosedPortFailACheck() throws Exception {
    Backend dead = Backend.saying("dead");
    dead.close();
    try (Backend silent =
            new Backend(
                (request, socket, out) -> {
                  if (isCheck(request)) {
                    socket.getInputStream().read();
                  }
                  out.write(Backend.ok("silent"));
                });
        Backend garbled =
            new Backend(
                (request, _, out) ->
                    out.write(
                        isCheck(request)
                            ? Backend.bytes("SSH-2.0-Server\r\n\r\n")
                            : Backend.ok("garbled")));
        Backend one = backend("one", new AtomicInteger(204));
        Backend two = backend("two", new AtomicInteger(200));
        Backend three = backend("three", new AtomicInteger(200));
        TestProxy proxy = proxy(1, settings(200), silent, garbled, dead, one, two, three);
        TestClient client = proxy.client()) {
      Wait.until(() -> proxy.upstream.standing().unwell() == 3);
      assertThat(answers(client, 12)).containsExactlyInAnyOrder("one", "two", "three");
    }
  }

  @DisplayName("F-10: where fewer than half are well by their checks, all are used")
  @Test
  void whereFewerThanHalfAreWellAllAreUsed() throws Exception {
    AtomicInteger[] statuses = new AtomicInteger[4];
    List<Backend> backends = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      statuses[i] = new AtomicInteger(200);
      backends.add(backend("b" + i, statuses[i]));
    }
    try (TestProxy proxy = proxy(2, settings(1_000), backends.toArray(Backend[]::new));
        TestClient client = proxy.client()) {
      statuses[0].set(500);
      statuses[1].set(500);
      Wait.until(() -> proxy.upstream.standing().unwell() == 2);
      assertThat(proxy.upstream.standing().isPanicking()).isFalse();
      assertThat(answers(client, 12)).containsExactlyInAnyOrder("b2", "b3");
      statuses[2].set(500);
      Wait.until(() -> proxy.upstream.standing().isPanicking());
      assertThat(answers(client, 12)).containsExactlyInAnyOrder("b0", "b1", "b2", "b3");
      statuses[0].set(200);
      Wait.until(() -> !proxy.upstream.standing().isPanicking());
      assertThat(answers(client, 12)).containsExactlyInAnyOrder("b0", "b3");
    } finally {
      for (Backend each : backends) {
        each.close();
      }
    }
  }

  @Test
  void howManyLoopsThereAreChangesNothingAboutHowOftenOneIsAsked() throws Exception {
    int rounds = 12;
    try (Backend one = backend("one", new AtomicInteger(200));
        Backend two = backend("two", new AtomicInteger(200));
        TestProxy proxy = proxy(4, settings(1_000), one, two)) {
      long begin = System.nanoTime();
      Wait.until(() -> one.requests.size() >= rounds && two.requests.size() >= rounds);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      System.out.println(rounds + " checks at " + INTERVAL + " ms took " + millis + " ms");
      // The first one comes within an interval, each next one no earlier than nine tenths of it.
      assertThat(millis).isGreaterThan((rounds - 2) * INTERVAL * 9L / 10);
      proxy.upstream.endpoints(EndpointSet.EMPTY);
      Thread.sleep(100);
      int asked = one.requests.size();
      Thread.sleep(2 * INTERVAL);
      assertThat(one.requests).as("nobody asks who is gone").hasSize(asked);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 500})
  void overHttp2(int status) throws Exception {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    H2Backend.Script script =
        stream -> {
          seen.add(stream.field(":path") + " " + stream.field(":authority"));
          stream.headers(false, ":status", Integer.toString(status));
          stream.data(true, "ok");
        };
    try (H2Backend one = new H2Backend(script);
        H2Backend two = new H2Backend(stream -> stream.ok("two"));
        TestProxy proxy =
            new TestProxy(
                1, UpstreamSettings.DEFAULT.over(H2Multiplexing.CLEAR), settings(1_000))) {
      proxy.upstream.endpoints(new EndpointSet(List.of(one.endpoint(), two.endpoint()), false));
      Wait.until(() -> one.streams.size() >= 4);
      assertThat(seen).containsExactly(PATH + " " + one.endpoint().name());
      assertThat(proxy.upstream.standing().unwell()).isEqualTo(status == 200 ? 0 : 1);
    }
  }
}
