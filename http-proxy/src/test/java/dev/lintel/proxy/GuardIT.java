package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import dev.lintel.proxy.upstream.guard.GuardSettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The circuit breaker and the bulkhead of an upstream, seen from its clients.
@ExtendWith(LeakCheck.class)
class GuardIT {
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx";

  private static int post(TestClient client) throws Exception {
    client.send(POST);
    return client.read().status();
  }

  private static void awaitState(Guard guard, String state) throws InterruptedException {
    for (int i = 0; i < 250 && !guard.breakerState().equals(state); i++) {
      Thread.sleep(20);
    }
    assertThat(guard.breakerState()).isEqualTo(state);
  }

  @Test
  void theBreakerOpensHalfOpensAndCloses() throws Exception {
    Guard guard = Guard.of("test", new GuardSettings(50, 4, 500, 2, 0));
    Backend.Script shut = (_, socket, _) -> socket.close();
    try (Backend backend = new Backend(shut);
        TestProxy proxy = new TestProxy(guard, backend);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 4; i++) {
        assertThat(post(client)).isEqualTo(502);
      }
      assertThat(guard.breakerState()).isEqualTo("open");
      int seen = backend.requests.size();
      assertThat(post(client)).isEqualTo(503);
      assertThat(backend.requests).hasSize(seen);

      // Still bad: the trial requests open it again.
      awaitState(guard, "half-open");
      assertThat(post(client)).isEqualTo(502);
      assertThat(post(client)).isEqualTo(502);
      assertThat(guard.breakerState()).isEqualTo("open");
      assertThat(post(client)).isEqualTo(503);

      backend.script = (_, _, out) -> out.write(Backend.ok("well again"));
      awaitState(guard, "half-open");
      assertThat(post(client)).isEqualTo(200);
      assertThat(post(client)).isEqualTo(200);
      assertThat(guard.breakerState()).isEqualTo("closed");
      assertThat(post(client)).isEqualTo(200);
    }
  }

  @Test
  void whoseBodyIsReadWholeTakesNoPlaceBefore() throws Exception {
    Guard guard = Guard.of("test", new GuardSettings(0, 0, 0, 0, 1));
    try (Backend backend = Backend.saying("done");
        TestProxy proxy = new TestProxy(guard, backend);
        TestClient slow = proxy.client();
        TestClient other = proxy.client()) {
      proxy.settings = RouteSettings.DEFAULT.withBodies(BodyRules.NONE.withWholeRequests(0));
      proxy.apply();
      slow.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 40000\r\n\r\n");
      slow.send("x".repeat(30_000));
      Thread.sleep(200);
      assertThat(post(other)).isEqualTo(200);
      slow.send("x".repeat(10_000));
      assertThat(slow.read().status()).isEqualTo(200);
    }
  }

  @Test
  void aFullBulkheadRefusesUntilOneLeaves() throws Exception {
    Guard guard = Guard.of("test", new GuardSettings(0, 0, 0, 0, 2));
    CountDownLatch asked = new CountDownLatch(2);
    CountDownLatch answer = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                (_, _, out) -> {
                  asked.countDown();
                  answer.await(5, TimeUnit.SECONDS);
                  out.write(Backend.ok("done"));
                });
        TestProxy proxy = new TestProxy(guard, backend);
        TestClient one = proxy.client();
        TestClient two = proxy.client();
        TestClient three = proxy.client()) {
      one.send(POST);
      two.send(POST);
      assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(post(three)).isEqualTo(503);
      answer.countDown();
      assertThat(one.read().status()).isEqualTo(200);
      assertThat(two.read().status()).isEqualTo(200);
      assertThat(post(three)).isEqualTo(200);
    }
  }

  @Test
  void aClientThatLeavesGivesItsPlaceBack() throws Exception {
    Guard guard = Guard.of("test", new GuardSettings(0, 0, 0, 0, 1));
    CountDownLatch asked = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                (request, socket, out) -> {
                  if (request.line().contains("/hang")) {
                    asked.countDown();
                    socket.getInputStream().read();
                  } else {
                    out.write(Backend.ok("done"));
                  }
                });
        TestProxy proxy = new TestProxy(guard, backend);
        TestClient other = proxy.client()) {
      try (TestClient client = proxy.client()) {
        client.send("GET /hang HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(other.get("/").status()).isEqualTo(503);
      }
      int status = 503;
      for (int i = 0; i < 100 && status == 503; i++) {
        Thread.sleep(20);
        status = other.get("/").status();
      }
      assertThat(status).isEqualTo(200);
    }
  }
}
