package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Requests and responses of every framing, as they pass.
@ExtendWith(LeakCheck.class)
class ForwardIT {
  @Test
  void requestsOfOneConnectionAreAnsweredOneAfterAnother() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 5; i++) {
        TestClient.Response response = client.get("/path?q=" + i);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("hello");
      }
      assertThat(backend.requests)
          .extracting(Backend.Request::line)
          .contains("GET /path?q=4 HTTP/1.1");
      assertThat(backend.connections()).isEqualTo(1);
    }
  }

  @Test
  void theUpstreamLearnsWhoAskedAndHow() throws Exception {
    try (Backend backend = Backend.saying("hello");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send(
          "GET / HTTP/1.1\r\nHost: a.test:8080\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      Backend.Request request = backend.requests.getFirst();
      assertThat(request.field("Host")).isEqualTo("a.test:8080");
      assertThat(request.field("X-Real-IP")).isEqualTo("127.0.0.1");
      assertThat(request.field("X-Forwarded-For")).isEqualTo("127.0.0.1");
      assertThat(request.field("X-Original-Forwarded-For")).isEqualTo("1.2.3.4");
      assertThat(request.field("X-Forwarded-Proto")).isEqualTo("http");
      assertThat(request.field("X-Request-ID")).hasSize(32);
    }
  }

  @Test
  void aShortBodyArrivesWhole() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\n12");
      client.send("345");
      assertThat(client.read().status()).isEqualTo(200);
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      client.send("2\r\nde\r\n0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(backend.requests)
          .extracting(Backend.Request::text)
          .containsExactly("12345", "abcde");
    }
  }

  @Test
  void longBodiesAreStreamedBothWays() throws Exception {
    byte[] long1 = "0123456789abcdef".repeat(40_000).getBytes();
    try (Backend backend =
            new Backend(
                (request, _, out) -> {
                  out.write(Backend.bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
                  for (int at = 0; at < request.body().length; at += 10_000) {
                    int length = Math.min(10_000, request.body().length - at);
                    out.write(Backend.bytes(Integer.toHexString(length) + "\r\n"));
                    out.write(request.body(), at, length);
                    out.write(Backend.bytes("\r\n"));
                  }
                  out.write(Backend.bytes("0\r\n\r\n"));
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + long1.length + "\r\n\r\n");
        client.send(long1);
        assertThat(client.read().body()).isEqualTo(long1);
      }
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 50; i++) {
        client.send("4e20\r\n");
        client.send(new byte[20_000]);
        client.send("\r\n");
      }
      client.send("0\r\n\r\n");
      assertThat(client.read().body()).hasSize(1_000_000);
    }
  }

  @Test
  void aResponseWithoutLengthEndsWithItsConnection() throws Exception {
    try (Backend backend =
            new Backend(
                (_, socket, out) -> {
                  out.write(Backend.bytes("HTTP/1.1 200 OK\r\n\r\nall there is"));
                  socket.close();
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      TestClient.Response response = client.get("/");
      assertThat(response.has("transfer-encoding: chunked")).isTrue();
      assertThat(response.text()).isEqualTo("all there is");
      assertThat(client.get("/").text()).isEqualTo("all there is");
    }
  }

  @Test
  void anOldClientGetsWhatItUnderstands() throws Exception {
    try (Backend backend =
            new Backend(
                (_, _, out) ->
                    out.write(
                        Backend.bytes(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")));
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\n");
      TestClient.Response response = client.read();
      assertThat(response.head().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
      assertThat(response.text()).isEqualTo("abc");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void answersToHeadAndBodilessStatusesHaveNoBody() throws Exception {
    try (Backend backend =
            new Backend(
                (request, _, out) ->
                    out.write(
                        Backend.bytes(
                            request.line().startsWith("HEAD")
                                ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"
                                : request.line().contains("204")
                                    ? "HTTP/1.1 204 No Content\r\n\r\n"
                                    : "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")));
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      TestClient.Response head = client.read(true);
      assertThat(head.has("content-length: 77")).isTrue();
      assertThat(client.get("/204").status()).isEqualTo(204);
      assertThat(client.get("/304").status()).isEqualTo(304);
      assertThat(client.get("/204").status()).isEqualTo(204);
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    try (Backend backend = new Backend((request, _, out) -> out.write(Backend.ok(request.line())));
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        many.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a.test\r\n\r\n");
      }
      client.send(many.toString());
      for (int i = 0; i < 100; i++) {
        assertThat(client.read().text()).isEqualTo("GET /" + i + " HTTP/1.1");
      }
    }
  }

  @Test
  void interimResponsesAreSkippedButNotForEver() throws Exception {
    try (Backend backend =
            new Backend(
                (request, _, out) -> {
                  int count = request.line().contains("many") ? 11 : 10;
                  for (int i = 0; i < count; i++) {
                    out.write(Backend.bytes("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"));
                  }
                  out.write(Backend.ok("final"));
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/few").text()).isEqualTo("final");
      assertThat(client.get("/many").status()).isEqualTo(502);
    }
  }

  @Test
  void aHeadInSmallPiecesIsReadToItsEnd() throws Exception {
    try (Backend backend =
            new Backend(
                (_, _, out) -> {
                  for (byte b : Backend.ok("piece by piece")) {
                    out.write(b);
                    out.flush();
                  }
                });
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      for (byte b :
          Backend.bytes(
              "GET /slow HTTP/1.1\r\nHost: a.test\r\nX-Long: " + "y".repeat(3000) + "\r\n\r\n")) {
        client.send(new byte[] {b});
      }
      assertThat(client.read().text()).isEqualTo("piece by piece");
      assertThat(backend.requests.getFirst().field("X-Long")).hasSize(3000);
    }
  }

  @Test
  void continueIsSaidHereAndOnlyForWhatIsAccepted() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(100);
      client.send("abc");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(backend.requests.getFirst().text()).isEqualTo("abc");
      assertThat(backend.requests.getFirst().field("Expect")).isNull();
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n");
      TestClient.Response refused = client.read();
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.has("connection: close")).isTrue();
      assertThat(client.isClosed()).isTrue();
      assertThat(backend.requests).hasSize(1);
    }
  }

  @Test
  void anUnknownHostGetsOur404AndMayAskForHealth() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("b.test", "/").status()).isEqualTo(404);
      assertThat(client.get("b.test", "/healthz").status()).isEqualTo(200);
      assertThat(client.get("a.test", "/healthz").text()).isEqualTo("ok");
      assertThat(client.get("b.test", "/healthz/x").status()).isEqualTo(404);
      client.send("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @Test
  void aLoadBalancerMayAskForHealthWithoutAHost() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send("GET /healthz HTTP/1.0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void whatAnUpstreamPadsIsReframedOnAConnectionUsedOnce() throws Exception {
    try (Backend backend =
            new Backend(
                (_, _, out) ->
                    out.write(
                        Backend.bytes(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "5  \r\nhello\r\n0 \r\n\r\n")));
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").text()).isEqualTo("hello");
      assertThat(client.get("/").text()).isEqualTo("hello");
      assertThat(backend.connections()).isEqualTo(2);
    }
  }
}
