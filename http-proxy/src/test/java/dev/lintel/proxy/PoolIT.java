package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.UpstreamSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How long connections to upstreams are kept.
@ExtendWith(LeakCheck.class)
class PoolIT {
  private static void awaitClosed(Backend backend, int closed) throws InterruptedException {
    for (int i = 0; i < 300 && backend.closedConnections() < closed; i++) {
      Thread.sleep(20);
    }
    assertThat(backend.closedConnections()).isEqualTo(closed);
  }

  @Test
  void noMoreThanSoManyWait() throws Exception {
    CountDownLatch all = new CountDownLatch(5);
    try (Backend backend =
            new Backend(
                (_, _, out) -> {
                  all.countDown();
                  all.await(5, TimeUnit.SECONDS);
                  out.write(Backend.ok("ok"));
                });
        TestProxy proxy = new TestProxy(new UpstreamSettings(2, 60_000, 100, 60_000), backend)) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        TestClient client = proxy.client();
        clients.add(client);
        client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      }
      for (TestClient client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
        client.close();
      }
      assertThat(backend.connections()).isEqualTo(5);
      awaitClosed(backend, 3);
    }
  }

  @Test
  void aConnectionWaitsAndServesOnlySoLong() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(new UpstreamSettings(10, 300, 3, 60_000), backend);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 7; i++) {
        client.get("/");
      }
      assertThat(backend.connections()).as("three requests each").isEqualTo(3);
      awaitClosed(backend, 3);
      client.get("/");
      assertThat(backend.connections()).isEqualTo(4);
    }
  }
}
