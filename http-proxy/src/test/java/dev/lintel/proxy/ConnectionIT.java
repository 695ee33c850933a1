package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The life of a client's connection: limits, early answers, filters, upgrades, the end.
@ExtendWith(LeakCheck.class)
class ConnectionIT {
  private static final ProxySettings HASTY = new ProxySettings(300, 300, 300, 400, 3, 100);
  private static final CannedResponse REFUSED = CannedResponse.page(403);

  @Test
  void aConnectionServesSoManyRequests() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      proxy.proxySettings = HASTY;
      proxy.apply();
      try (TestClient client = proxy.client()) {
        assertThat(client.get("/").has("connection: close")).isFalse();
        assertThat(client.get("/").has("connection: close")).isFalse();
        assertThat(client.get("/").has("connection: close")).isTrue();
        assertThat(client.isClosed()).isTrue();
      }
    }
  }

  /// One by one, each would wait for the requests of all those before it.
  @Test
  void connectionsAreLetInTogetherByALoopThatIsBusy() throws Exception {
    AtomicInteger turns = new AtomicInteger();
    int crowd = 200;
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(1, backend)) {
      proxy.requestFilters.add(
          exchange -> {
            turns.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            exchange.respond(REFUSED);
            return Verdict.RESPONDED;
          });
      proxy.apply();
      List<TestClient> clients = new ArrayList<>();
      Thread busy =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (TestClient client = proxy.client()) {
                      while (!Thread.interrupted()) {
                        client.get("/");
                      }
                    } catch (Exception _) {
                      // The test is over.
                    }
                  });
      try {
        for (int i = 0; i < crowd; i++) {
          clients.add(proxy.client());
        }
        int first = turns.get();
        while (proxy.server.connections() < crowd && turns.get() < first + crowd) {
          Thread.sleep(1);
        }
        assertThat(turns.get() - first).as("requests served meanwhile").isLessThan(crowd / 4);
      } finally {
        busy.interrupt();
        for (TestClient each : clients) {
          each.close();
        }
        busy.join();
      }
    }
  }

  @Test
  void whoIsSlowIsCut() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      proxy.proxySettings = HASTY;
      proxy.apply();
      try (TestClient silent = proxy.client();
          TestClient half = proxy.client();
          TestClient idle = proxy.client();
          TestClient body = proxy.client()) {
        half.send("GET / HTTP/1.1\r\nHost: a.te");
        idle.get("/");
        body.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\n123");
        assertThat(body.read().status()).isEqualTo(408);
        assertThat(silent.isClosed()).isTrue();
        assertThat(half.isClosed()).isTrue();
        assertThat(idle.isClosed()).isTrue();
        assertThat(body.isClosed()).isTrue();
        assertThat(backend.requests).hasSize(1);
      }
    }
  }

  @Test
  void aRefusedBodyIsReadAwayWhenItIsShort() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      proxy.requestFilters.add(
          x -> {
            if (x.request().path().contentEquals(Backend.bytes("/no"))) {
              x.respond(REFUSED);
              return Verdict.RESPONDED;
            }
            return Verdict.CONTINUE;
          });
      proxy.apply();
      try (TestClient client = proxy.client()) {
        client.send("POST /no HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2000\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(403);
        client.send(new byte[2000]);
        assertThat(client.get("/").text()).isEqualTo("ok");
        client.send("POST /no HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(403);
        client.send("5\r\nabcde\r\n0\r\n\r\n");
        assertThat(client.get("/").text()).isEqualTo("ok");
        client.send("POST /no HTTP/1.1\r\nHost: a.test\r\nContent-Length: 500000\r\n\r\n");
        TestClient.Response refused = client.read();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.has("connection: close")).isTrue();
      }
    }
  }

  @Test
  void aBodyThatGrowsTooLongIsRefused() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      try {
        for (int i = 0; i < 200; i++) {
          client.send("4e20\r\n");
          client.send(new byte[20_000]);
          client.send("\r\n");
        }
      } catch (IOException _) {
        // Cut while sending is fine as well.
      }
      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void whatIsMalformedIsAnsweredAndCut() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      List<String> bad =
          List.of(
              "GET / HTTP/1.1\nHost: a.test\n\n",
              "GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
              "GET / HTTP/1.1\r\n\r\n",
              "GET / HTTP/1.1\r\nHost: a.test\r\nExpect: what\r\n\r\n",
              "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
      List<Integer> statuses = new ArrayList<>();
      for (String each : bad) {
        try (TestClient client = proxy.client()) {
          client.send(each);
          TestClient.Response response = client.read();
          statuses.add(response.status());
          assertThat(response.has("connection: close")).isTrue();
          assertThat(client.isClosed()).isTrue();
        }
      }
      assertThat(statuses).containsExactly(400, 400, 400, 417, 400);
      assertThat(backend.requests).isEmpty();
    }
  }

  @Test
  void aSuspendedRequestGoesOnWithItsBody() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      proxy.requestFilters.add(
          x -> {
            x.onFinish(_ -> finished.incrementAndGet());
            int epoch = x.suspend();
            boolean late = x.request().path().contentEquals(Backend.bytes("/late"));
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        if (late) {
                          gone.await(5, TimeUnit.SECONDS);
                        } else {
                          Thread.sleep(50);
                        }
                      } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                      }
                      x.resume(epoch, _ -> Verdict.CONTINUE);
                    });
            return Verdict.SUSPENDED;
          });
      proxy.apply();
      try (TestClient client = proxy.client()) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a.test\r\nX-Kept: yes\r\nContent-Length: 40000\r\n\r\n");
        client.send(new byte[40_000]);
        assertThat(client.read().text()).isEqualTo("ok");
        assertThat(backend.requests.getFirst().body()).hasSize(40_000);
        assertThat(backend.requests.getFirst().field("X-Kept")).isEqualTo("yes");
        client.send("GET /late HTTP/1.1\r\nHost: a.test\r\n\r\n");
        Thread.sleep(100);
      }
      for (int i = 0; i < 100 && finished.get() < 2; i++) {
        Thread.sleep(20);
      }
      gone.countDown();
      Thread.sleep(100);
      assertThat(finished).hasValue(2);
      assertThat(backend.requests).hasSize(1);
    }
  }

  @Test
  void filtersChangeBothHeads() throws Exception {
    HeaderName added = HeaderName.of("X-Added");
    try (Backend backend =
            new Backend(
                (_, _, out) ->
                    out.write(
                        Backend.bytes(
                            "HTTP/1.1 200 OK\r\nX-Secret: 1\r\nContent-Length: 2\r\n\r\nok")));
        TestProxy proxy = new TestProxy(backend)) {
      proxy.requestFilters.add(
          x -> {
            byte[] path = Backend.bytes("/rewritten");
            x.rewritePath(path, 0, path.length);
            x.setUpstreamField(added, Backend.bytes("request"));
            return Verdict.CONTINUE;
          });
      proxy.responseFilters.add(
          (x, head) -> {
            head.set(added, Backend.bytes("response"));
            head.remove(HeaderName.of("X-Secret"));
          });
      proxy.apply();
      try (TestClient client = proxy.client()) {
        TestClient.Response response = client.get("/old?q=1");
        assertThat(response.has("x-added: response")).isTrue();
        assertThat(response.has("x-secret")).isFalse();
        assertThat(backend.requests.getFirst().line()).isEqualTo("GET /rewritten?q=1 HTTP/1.1");
        assertThat(backend.requests.getFirst().field("X-Added")).isEqualTo("request");
      }
    }
  }

  @Test
  void aFilterThatFailsEndsItsRequestOnly() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      proxy.requestFilters.add(
          x -> {
            if (x.request().path().contentEquals(Backend.bytes("/bug"))) {
              throw new IllegalStateException("a bug, on purpose");
            }
            return Verdict.CONTINUE;
          });
      proxy.apply();
      try (TestClient client = proxy.client();
          TestClient other = proxy.client()) {
        assertThat(client.get("/bug").status()).isEqualTo(500);
        assertThat(other.get("/").text()).isEqualTo("ok");
      }
    }
  }

  @Test
  void theUpstreamIsToldWhenTheClientLeaves() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                (_, socket, _) -> {
                  asked.countDown();
                  socket.getInputStream().read();
                });
        TestProxy proxy = new TestProxy(backend)) {
      try (TestClient client = proxy.client()) {
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
      }
      for (int i = 0; i < 100 && backend.closedConnections() == 0; i++) {
        Thread.sleep(20);
      }
      assertThat(backend.closedConnections()).isEqualTo(1);
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheUpstreamBack() throws Exception {
    AtomicInteger written = new AtomicInteger();
    try (Backend backend =
            new Backend(
                (_, _, out) -> {
                  out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"));
                  byte[] piece = new byte[100_000];
                  for (int i = 0; i < 1000; i++) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                  }
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      int before = -1;
      for (int i = 0; i < 50 && written.get() != before; i++) {
        before = written.get();
        Thread.sleep(200);
      }
      // What the kernel buffers on the way, and little more.
      assertThat(written.get()).isLessThan(30_000_000);
      assertThat(client.read().body()).hasSize(100_000_000);
    }
  }

  @Test
  void oneConnectionTooManyIsClosed() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(1, 2, backend);
        TestClient one = proxy.client();
        TestClient two = proxy.client()) {
      assertThat(one.get("/").status()).isEqualTo(200);
      assertThat(two.get("/").status()).isEqualTo(200);
      try (TestClient three = proxy.client()) {
        assertThat(three.isClosed()).isTrue();
      }
      assertThat(counted(proxy, "connection-limit")).isTrue();
      assertThat(one.get("/").status()).isEqualTo(200);
    }
  }

  @Test
  void aSourceHasSoManyConnectionsOnAllLoops() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(3, backend)) {
      // Those from before the limit do not count.
      try (TestClient before = proxy.client()) {
        assertThat(before.get("/").status()).isEqualTo(200);
        proxy.proxySettings = perSource(4);
        proxy.apply();
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          TestClient client = proxy.client();
          clients.add(client);
          assertThat(client.get("/").status()).isEqualTo(200);
        }
        for (int i = 0; i < 5; i++) {
          try (TestClient refused = proxy.client()) {
            assertThat(refused.isClosed()).isTrue();
          }
        }
        assertThat(counted(proxy, "source-limit")).isTrue();
        assertThat(before.get("/").status()).isEqualTo(200);
        clients.removeFirst().close();
        assertThat(isServedSoon(proxy)).isTrue();
        for (TestClient client : clients) {
          assertThat(client.get("/").status()).isEqualTo(200);
          client.close();
        }
      }
    }
  }

  private static ProxySettings perSource(int most) {
    ProxySettings usual = ProxySettings.DEFAULT;
    return new ProxySettings(
        usual.headTimeoutMillis(),
        usual.bodyTimeoutMillis(),
        usual.sendTimeoutMillis(),
        usual.keepAliveMillis(),
        usual.keepAliveRequests(),
        usual.http2Requests(),
        usual.fieldNames(),
        usual.pace(),
        most,
        usual.makesRequestIds(),
        usual.forwarded(),
        usual.http3());
  }

  private static boolean counted(TestProxy proxy, String reason) throws Exception {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    proxy.server.metrics().write(page);
    return page.toString(StandardCharsets.UTF_8)
        .contains("lintel_failures_total{reason=\"" + reason + "\"");
  }

  /// The proxy hears of the end of a connection a little later than its client.
  private static boolean isServedSoon(TestProxy proxy) throws Exception {
    for (int i = 0; i < 200; i++) {
      try (TestClient late = proxy.client()) {
        if (late.get("/").status() == 200) {
          return true;
        }
      } catch (IOException _) {
        Thread.sleep(20);
      }
    }
    return false;
  }

  @Test
  void aHeadThatDripsIsCutInTheTimeForAllOfIt() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      proxy.proxySettings = new ProxySettings(1_000, 60_000, 60_000, 75_000, 1_000, 10_000);
      proxy.apply();
      try (TestClient client = proxy.client()) {
        // The second head has its own second, which begins with its first byte.
        assertThat(client.get("/").status()).isEqualTo(200);
        Thread.sleep(1_500);
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\nX-Drip: ");
        int sent = 0;
        try {
          while (sent < 200) {
            client.send("a");
            Thread.sleep(20);
            sent++;
          }
        } catch (IOException _) {
          // Cut.
        }
        assertThat(sent).isBetween(20, 100);
        assertThat(counted(proxy, "head-timeout")).isTrue();
      }
    }
  }

  @Test
  void aDrainEndsWithWhatIsInFlight() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                (_, _, out) -> {
                  asked.countDown();
                  answer.await(5, TimeUnit.SECONDS);
                  out.write(Backend.ok("late"));
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
      proxy.server.discourageReuse();
      try (TestClient late = proxy.client()) {
        late.send("GET / HTTP/1.1\r\nHost: b.test\r\n\r\n");
        assertThat(late.read().has("connection: close")).isTrue();
      }
      proxy.server.stopAccepting();
      assertThat(proxy.server.awaitIdle(Duration.ofMillis(200))).isFalse();
      answer.countDown();
      assertThat(proxy.server.awaitIdle(Duration.ofSeconds(5))).isTrue();
      assertThat(client.read().text()).isEqualTo("late");
    }
  }

  @Test
  void aDrainLeavesAnIdleConnectionOneMoreRequest() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").has("connection: close")).isFalse();
      proxy.server.discourageReuse();
      proxy.server.stopAccepting();
      FutureTask<Boolean> idle =
          new FutureTask<>(
              () -> proxy.server.awaitIdle(Duration.ofMinutes(1), Duration.ofMinutes(1)));
      Thread.ofVirtual().start(idle);
      assertThatThrownBy(() -> idle.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(client.get("/").has("connection: close")).isTrue();
      assertThat(idle.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aDrainDoesNotWaitForeverForAnIdleConnection() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").text()).isEqualTo("ok");
      proxy.server.discourageReuse();
      proxy.server.stopAccepting();
      assertThat(proxy.server.awaitIdle(Duration.ofMinutes(1), Duration.ofMillis(300))).isTrue();
      assertThat(proxy.server.connections()).isOne();
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (TestProxy proxy = new TestProxy();
        TestProxy second = new TestProxy()) {
      ProxyOptions options =
          new ProxyOptions(
              List.of(java.net.InetAddress.getLoopbackAddress()),
              proxy.server.httpPort(),
              0,
              1,
              0,
              TestKit.log(),
              TestKit.metrics());
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> ProxyServer.start(options, second.server.config()).close())
          .isInstanceOf(AddressInUse.class)
          .hasMessageContaining(Integer.toString(proxy.server.httpPort()));
    }
  }

  @Test
  void aChunkThatIsTooLargeIsRefusedBeforeItComes() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      client.send("100000\r\nhello");
      TestClient.Response refused = client.read();
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.has("connection: close")).isTrue();
      assertThat(client.isClosedInOrder()).isTrue();
      assertThat(backend.requests).isEmpty();
    }
  }

  @Test
  void aRefusalIsSeenByWhoStillSends() throws Exception {
    byte[] more = new byte[1 << 20];
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend)) {
      for (String head :
          new String[] {"GET / HTTP/3.0\r\n", "GET / HTTP/1.1\r\nX" + "x".repeat(40_000)}) {
        try (TestClient client = proxy.client()) {
          client.send(head);
          client.send(more);
          assertThat(client.read().status()).isGreaterThanOrEqualTo(400);
          client.send(more);
          assertThat(client.isClosedInOrder()).as("not by a reset").isTrue();
        }
      }
      assertThat(backend.requests).isEmpty();
    }
  }
}
