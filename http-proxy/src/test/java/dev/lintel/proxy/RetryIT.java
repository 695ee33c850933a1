package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What becomes of a request when its upstream fails.
@ExtendWith(LeakCheck.class)
class RetryIT {
  private static final Backend.Script SHUT = (_, socket, _) -> socket.close();

  private static RouteSettings settings(int readMillis, boolean nonIdempotent) {
    return new RouteSettings(5_000, readMillis, 60_000, 1 << 20, 3, nonIdempotent, 0, true);
  }

  @Test
  void anEndpointThatRefusesConnectionsCostsNoRequest() throws Exception {
    Backend dead = Backend.saying("dead");
    dead.close();
    try (Backend alive = Backend.saying("alive");
        TestProxy proxy = new TestProxy(dead, alive);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 20; i++) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
        assertThat(client.read().text()).isEqualTo("alive");
      }
      assertThat(alive.requests).hasSize(20).allMatch(request -> request.text().equals("body"));
    }
  }

  @Test
  void withNoEndpointLeftItIs502AndWithNone503() throws Exception {
    Backend dead = Backend.saying("dead");
    dead.close();
    try (TestProxy proxy = new TestProxy(dead);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").status()).isEqualTo(502);
      proxy.serve();
      assertThat(client.get("/").status()).isEqualTo(503);
    }
  }

  @Test
  void aGetIsSentAgainElsewhereAndAPostIsNot() throws Exception {
    try (Backend bad = new Backend(SHUT);
        Backend good = Backend.saying("good");
        TestProxy proxy = new TestProxy(bad, good);
        TestClient client = proxy.client()) {
      int refused = 0;
      for (int i = 0; i < 2; i++) {
        assertThat(client.get("/").status()).isEqualTo(200);
      }
      for (int i = 0; i < 4; i++) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
        refused += client.read().status() == 502 ? 1 : 0;
      }
      assertThat(refused).isEqualTo(2);
      assertThat(bad.requests).filteredOn(r -> r.line().startsWith("POST")).hasSize(2);
      assertThat(good.requests).filteredOn(r -> r.line().startsWith("POST")).hasSize(2);
    }
  }

  @Test
  void aSilentEndpointIsLeftForAnotherInTime() throws Exception {
    try (Backend silent = new Backend((_, _, _) -> Thread.sleep(10_000));
        Backend good = Backend.saying("good");
        TestProxy proxy = new TestProxy(silent, good)) {
      proxy.settings = settings(300, false);
      proxy.apply();
      try (TestClient client = proxy.client()) {
        assertThat(client.get("/").text()).isEqualTo("good");
        assertThat(client.get("/").text()).isEqualTo("good");
        proxy.serve(silent);
        assertThat(client.get("/").status()).isEqualTo(504);
      }
    }
  }

  @Test
  void aConnectionThatWasClosedWhileIdleCostsNoGet() throws Exception {
    try (Backend backend =
            new Backend(
                (request, socket, out) -> {
                  // Every second request of a connection finds it closed.
                  if (request.number() == 1) {
                    out.write(Backend.ok("first"));
                  } else {
                    socket.close();
                  }
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/").text()).isEqualTo("first");
      }
    }
  }

  @Test
  void aPostKeepsAwayFromAConnectionThatMayEnd() throws Exception {
    try (Backend backend =
            new Backend(
                (request, socket, out) -> {
                  // Too late a request finds the connection closed.
                  socket.setSoTimeout(400);
                  out.write(Backend.ok("connection " + request.connection()));
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").text()).isEqualTo("connection 1");
      Wait.until(() -> backend.closedConnections() == 1);
      assertThat(client.get("/").text()).isEqualTo("connection 2");
      Thread.sleep(300);
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
      assertThat(client.read().text()).isEqualTo("connection 3");
    }
  }

  @Test
  void triesAreThreeAtMost() throws Exception {
    try (Backend one = new Backend(SHUT);
        Backend two = new Backend(SHUT);
        Backend three = new Backend(SHUT);
        Backend four = Backend.saying("four");
        TestProxy proxy = new TestProxy(one, two, three, four);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").status()).isEqualTo(502);
      assertThat(four.requests).isEmpty();
    }
  }

  @Test
  void theOneEndpointThatTakesConnectionsIsFound() throws Exception {
    Backend[] all = new Backend[6];
    for (int i = 0; i < all.length; i++) {
      all[i] = Backend.saying("alive");
      if (i > 0) {
        all[i].close();
      }
    }
    try (Backend _ = all[0];
        TestProxy proxy = new TestProxy(all);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 12; i++) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody");
        assertThat(client.read().text()).isEqualTo("alive");
      }
      proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 0, 1, false, 0, true);
      proxy.apply();
      int refused = 0;
      for (int i = 0; i < 12; i++) {
        refused += client.get("/").status() == 502 ? 1 : 0;
      }
      assertThat(refused).as("where one try is all there may be").isEqualTo(10);
    }
  }

  @Test
  void triesCannotMultiplyTheLoad() throws Exception {
    try (Backend one = new Backend(SHUT);
        Backend two = new Backend(SHUT);
        TestProxy proxy = new TestProxy(one, two);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.get("/").status()).isEqualTo(502);
      }
      int extra = one.requests.size() + two.requests.size() - 50;
      // One for five requests, and a few a second.
      assertThat(extra).isBetween(3, 25);
    }
  }

  @Test
  void nothingIsSentAgainOnceTheClientHasBytes() throws Exception {
    try (Backend cut =
            new Backend(
                (_, socket, out) -> {
                  out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly"));
                  socket.close();
                });
        TestProxy proxy = new TestProxy(cut);
        TestClient client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      byte[] all = client.raw(1 << 16);
      assertThat(new String(all)).contains("200 OK").endsWith("only");
      assertThat(cut.requests).hasSize(1);
    } catch (java.net.SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  @Test
  void garbageIs502AndItsConnectionIsNotUsedAgain() throws Exception {
    try (Backend backend =
            new Backend(
                (request, _, out) ->
                    out.write(
                        request.line().contains("bad")
                            ? Backend.bytes(
                                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy")
                            : request.line().contains("more")
                                ? Backend.bytes(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxyHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                                : Backend.ok("fine")));
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").text()).isEqualTo("fine");
      assertThat(client.get("/bad").status()).isEqualTo(502);
      assertThat(client.get("/").text()).isEqualTo("fine");
      assertThat(client.get("/more").text()).isEqualTo("xy");
      assertThat(client.get("/").text()).isEqualTo("fine");
      assertThat(backend.connections()).isEqualTo(3);
    }
  }

  @Test
  void aRemovedEndpointIsNotPickedAndItsIdleConnectionsClose() throws Exception {
    try (Backend one = Backend.saying("one");
        Backend two = Backend.saying("two");
        TestProxy proxy = new TestProxy(one, two);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 10; i++) {
        client.get("/");
      }
      assertThat(List.of(one.requests.size(), two.requests.size())).containsExactly(5, 5);
      proxy.serve(two);
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/").text()).isEqualTo("two");
      }
      for (int i = 0; i < 100 && one.closedConnections() == 0; i++) {
        Thread.sleep(20);
      }
      assertThat(one.closedConnections()).isEqualTo(1);
    }
  }

  @Test
  void aBlackHoleIsLeftAfterTheConnectTimeout() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        Backend good = Backend.saying("good");
        TestProxy proxy = new TestProxy(good)) {
      // A listener whose queue is full does not answer any more.
      List<java.net.Socket> fillers = new java.util.ArrayList<>();
      for (int i = 0; i < 3; i++) {
        java.net.Socket filler = new java.net.Socket();
        fillers.add(filler);
        try {
          filler.connect(full.getLocalSocketAddress(), 200);
        } catch (java.io.IOException _) {
          // Now it is full.
        }
      }
      proxy.settings = new RouteSettings(400, 60_000, 60_000, 0, 3, false, 0, true);
      proxy.apply();
      proxy.upstream.endpoints(
          new dev.lintel.proxy.upstream.EndpointSet(
              List.of(
                  new dev.lintel.proxy.upstream.Endpoint(
                      (java.net.InetSocketAddress) full.getLocalSocketAddress()),
                  good.endpoint()),
              false));
      try (TestClient client = proxy.client()) {
        for (int i = 0; i < 4; i++) {
          client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\nx");
          assertThat(client.read().text()).isEqualTo("good");
        }
      }
      for (java.net.Socket filler : fillers) {
        filler.close();
      }
    }
  }
}
