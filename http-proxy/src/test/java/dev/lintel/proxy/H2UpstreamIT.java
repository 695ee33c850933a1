package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Upstreams that speak HTTP/2, frame by frame, behind clients of HTTP/1.1 and HTTP/2.
@ExtendWith(LeakCheck.class)
class H2UpstreamIT {
  /// The library leaves stream 1 to requests that were upgraded.
  private static final int FIRST = 3;

  private H2Backend backend;
  private TestProxy proxy;

  private void start(H2Backend.Script script, int... settings) throws Exception {
    start(H2Multiplexing.CLEAR, script, settings);
  }

  private void start(H2Multiplexing protocol, H2Backend.Script script, int... settings)
      throws Exception {
    backend = new H2Backend(script, settings);
    proxy = new TestProxy(UpstreamSettings.DEFAULT.over(protocol));
    proxy.upstream.endpoints(new EndpointSet(List.of(backend.endpoint()), false));
  }

  private void settings(int readMillis) {
    proxy.settings = new RouteSettings(5_000, readMillis, 60_000, 0, 3, false, 0, true);
    proxy.apply();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    backend.close();
  }

  /// Sends `count` requests at once, each from a client of its own.
  private List<TestClient.Response> together(int count, String request) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<TestClient.Response>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        calls.add(
            () -> {
              try (TestClient client = proxy.client()) {
                client.send(request);
                return client.read();
              }
            });
      }
      List<TestClient.Response> responses = new ArrayList<>();
      for (Future<TestClient.Response> each : threads.invokeAll(calls)) {
        responses.add(each.get());
      }
      return responses;
    }
  }

  private static final String GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody";

  @Test
  void aRequestArrivesWithTheFieldsOfHttp2() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "200", "x-answer", "yes");
          stream.data(true, "hello");
        });
    try (TestClient client = proxy.client()) {
      client.send(
          "GET /a?b=c HTTP/1.1\r\nHost: A.test:80\r\nX-Odd:   spaced \t\r\nConnection: close, x-gone\r\n"
              + "X-Gone: 1\r\nTE: gzip\r\nUpgrade: h2c\r\n\r\n");
      TestClient.Response response = client.read();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("hello");
      assertThat(response.has("x-answer: yes")).isTrue();
      assertThat(response.has("transfer-encoding: chunked")).isTrue();
    }
    H2Backend.Stream seen = backend.streams.get(0);
    assertThat(seen.field(":method")).isEqualTo("GET");
    assertThat(seen.field(":path")).isEqualTo("/a?b=c");
    assertThat(seen.field(":scheme")).isEqualTo("http");
    assertThat(seen.field(":authority")).isEqualTo("A.test:80");
    assertThat(seen.field("te")).isEqualTo("trailers");
    assertThat(seen.field("x-odd")).isEqualTo("spaced");
    assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
    assertThat(seen.field("x-request-id")).isNotEmpty();
    for (String absent : List.of("host", "connection", "upgrade", "x-gone", "transfer-encoding")) {
      assertThat(seen.field(absent)).as(absent).isNull();
    }
    assertThat(seen.body()).isEmpty();
  }

  @Test
  void manyRequestsShareOneConnection() throws Exception {
    AtomicInteger inWork = new AtomicInteger();
    start(
        stream -> {
          inWork.incrementAndGet();
          long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
          while (inWork.get() < 50 && System.nanoTime() < end) {
            Thread.sleep(1);
          }
          stream.ok("ok");
        });
    assertThat(together(50, GET)).hasSize(50).allMatch(each -> each.text().equals("ok"));
    assertThat(inWork).hasValue(50);
    assertThat(backend.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
      })
  void aBodyComesBackAsItWasSent(String request) throws Exception {
    start(stream -> stream.ok(new String(stream.body(), StandardCharsets.ISO_8859_1)));
    try (TestClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        client.send(request);
        assertThat(client.read().text()).isEqualTo("hello");
      }
    }
  }

  @Test
  void trailersPassBothWays() throws Exception {
    start(
        stream -> {
          byte[] body = stream.body();
          stream.headers(false, ":status", "200");
          stream.data(false, body);
          stream.headers(
              true,
              "x-echo",
              stream.trailers.get("x-checksum").toString(),
              "content-length",
              "7",
              "set-cookie",
              "a=b");
        });
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, false, RawH2.post("/", "te", "trailers"));
      client.send(RawH2.DATA, 0, 1, "body".getBytes(StandardCharsets.US_ASCII));
      client.headers(1, true, RawH2.fields("x-checksum", "42", "host", "evil"));
      assertThat(client.read(RawH2.HEADERS).headers().status().toString()).isEqualTo("200");
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("body");
      RawH2.Frame trailers = client.read(RawH2.HEADERS);
      assertThat(trailers.isLast()).isTrue();
      assertThat(trailers.headers().get("x-echo").toString()).isEqualTo("42");
      // What a proxy would have acted upon has no place behind the body.
      assertThat(trailers.headers().size()).isEqualTo(1);
      assertThat(backend.streams.get(0).trailers.size()).isEqualTo(1);
    }
  }

  @Test
  void aDialogueIsNotHeldBack() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "200");
          for (byte[] piece = stream.piece(); piece != null; piece = stream.piece()) {
            stream.data(false, piece);
          }
          stream.data(true, new byte[0]);
        });
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, false, RawH2.post("/"));
      assertThat(client.read(RawH2.HEADERS).headers().status().toString()).isEqualTo("200");
      for (String word : List.of("one", "two", "three")) {
        client.send(RawH2.DATA, 0, 1, word.getBytes(StandardCharsets.US_ASCII));
        assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo(word);
      }
      client.send(RawH2.DATA, RawH2.END_STREAM, 1, new byte[0]);
      assertThat(client.read(RawH2.DATA).isLast()).isTrue();
    }
  }

  @Test
  void thePeersLimitOfStreamsIsKept() throws Exception {
    Set<Integer> busy = ConcurrentHashMap.newKeySet();
    AtomicInteger crowded = new AtomicInteger();
    start(
        stream -> {
          if (!busy.add(stream.connection.number)) {
            crowded.incrementAndGet();
          }
          Thread.sleep(5);
          busy.remove(stream.connection.number);
          stream.ok("ok");
        },
        H2Backend.MAX_CONCURRENT_STREAMS,
        1);
    assertThat(together(40, POST)).hasSize(40).allMatch(each -> each.text().equals("ok"));
    assertThat(crowded).hasValue(0);
    assertThat(backend.connections()).isBetween(2, 8);
  }

  @Test
  void aGoAwayFailsNoRequest() throws Exception {
    AtomicInteger posts = new AtomicInteger();
    start(
        stream -> {
          if (stream.connection.number == 1 && stream.id > FIRST) {
            if (stream.id == FIRST + 2) {
              stream.connection.goAway(FIRST, 0);
            }
            return;
          }
          if (stream.connection.number == 1) {
            // The stream that is served goes on behind the GOAWAY.
            Wait.until(
                () -> backend.streams.stream().anyMatch(each -> each.connection.number == 2));
          }
          posts.incrementAndGet();
          stream.ok("served");
        });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        TestClient first = proxy.client()) {
      first.send(GET);
      Wait.until(() -> backend.streams.size() == 1);
      Future<List<TestClient.Response>> rest = threads.submit(() -> together(5, POST));
      assertThat(rest.get()).hasSize(5).allMatch(each -> each.text().equals("served"));
      assertThat(first.read().text()).isEqualTo("served");
    }
    assertThat(posts).hasValue(6);
    Wait.until(() -> backend.open().get(0).gone);
  }

  @Test
  void whereOldConnectionsEndTheNextTryHasANewOne() throws Exception {
    H2Backend.Script onlyTheFirst =
        stream -> {
          if (stream.id == FIRST) {
            stream.ok("good");
          } else {
            stream.connection.cut();
          }
        };
    start(onlyTheFirst);
    try (H2Backend second = new H2Backend(onlyTheFirst);
        H2Backend third = new H2Backend(onlyTheFirst);
        TestClient client = proxy.client()) {
      proxy.upstream.endpoints(
          new EndpointSet(List.of(backend.endpoint(), second.endpoint(), third.endpoint()), false));
      for (int i = 0; i < 12; i++) {
        assertThat(client.get("/").text()).as("request %d", i).isEqualTo("good");
      }
    }
  }

  @Test
  void aRefusedStreamIsTriedAgainWithItsBody() throws Exception {
    start(
        stream -> {
          if (stream.id == FIRST) {
            stream.reset((int) Http2Error.REFUSED_STREAM.code());
          } else {
            stream.ok(new String(stream.body(), StandardCharsets.ISO_8859_1));
          }
        });
    try (TestClient client = proxy.client()) {
      client.send(POST);
      assertThat(client.read().text()).isEqualTo("body");
    }
    assertThat(backend.streams).hasSize(2);
  }

  @Test
  void refusalsInARowAreNoTries() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    start(
        stream -> {
          if (refused.incrementAndGet() <= 5) {
            stream.reset((int) Http2Error.REFUSED_STREAM.code());
          } else {
            stream.ok("served");
          }
        });
    try (TestClient client = proxy.client()) {
      client.send(POST);
      assertThat(client.read().text()).isEqualTo("served");
    }
    assertThat(backend.streams).hasSize(6);
  }

  @Test
  void anUpstreamThatRefusesAllIsLeftInTheEnd() throws Exception {
    start(stream -> stream.reset((int) Http2Error.REFUSED_STREAM.code()));
    try (TestClient client = proxy.client()) {
      client.send(POST);
      assertThat(client.read().status()).isEqualTo(502);
    }
    assertThat(backend.streams).hasSize(8);
  }

  @Test
  void anyOtherResetFailsAPost() throws Exception {
    start(stream -> stream.reset((int) Http2Error.INTERNAL_ERROR.code()));
    try (TestClient client = proxy.client()) {
      client.send(POST);
      assertThat(client.read().status()).isEqualTo(502);
    }
    assertThat(backend.streams).hasSize(1);
  }

  @Test
  void aResponseThatIsCutIsSeenAsCut() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "200");
          stream.data(false, "half");
          stream.reset((int) Http2Error.NO_ERROR.code());
        });
    try (TestClient client = proxy.client()) {
      client.send(GET);
      assertThatThrownBy(client::read).isInstanceOf(IOException.class);
    }
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, true, RawH2.get("/"));
      assertThat(client.read(RawH2.RST_STREAM).stream()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x,1",
        ":status,20",
        ":status,abc",
        ":status,101",
        ":status,200,connection,close",
        ":status,200,transfer-encoding,chunked",
        ":status,200,X-Upper,1",
        ":status,200,x y,1",
        ":status,200,x,a\u0000b",
        ":status,200,x,a\r\nb: c",
        ":status,200,content-length,1,content-length,2",
        ":status,200,content-length,x",
        ":status,200,:path,/"
      })
  void aMalformedResponseIs502(String fields) throws Exception {
    start(
        stream -> {
          stream.headers(false, fields.split(",", -1));
          stream.data(true, "");
        });
    try (TestClient client = proxy.client()) {
      assertThat(client.get("/").status()).isEqualTo(502);
    }
  }

  @Test
  void aBodyThatIsNotOfItsLengthIsSeenAsCut() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "200", "content-length", "10");
          stream.data(true, "short");
        });
    try (TestClient client = proxy.client()) {
      client.send(GET);
      String all = new String(client.raw(10_000), StandardCharsets.ISO_8859_1);
      assertThat(all).doesNotEndWith("0\r\n\r\n");
    } catch (IOException _) {
      // Reset: that is a cut as well.
    }
  }

  @Test
  void interimResponsesArePassedOverAndEmptyOnesEndAtOnce() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "103", "link", "</a>");
          stream.headers(true, ":status", "200", "x-a", "b");
        });
    try (TestClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        TestClient.Response response = client.get("/");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.has("content-length: 0")).isTrue();
      }
    }
  }

  @Test
  void anAnswerToHeadHasItsLengthAndNoBody() throws Exception {
    start(stream -> stream.headers(true, ":status", "200", "content-length", "1000"));
    try (TestClient client = proxy.client()) {
      client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(client.read(true).has("content-length: 1000")).isTrue();
      client.send("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(client.read(true).status()).isEqualTo(200);
    }
  }

  @Test
  void anEarlyAnswerEndsTheUpload() throws Exception {
    start(
        stream -> {
          stream.piece();
          stream.headers(false, ":status", "403");
          stream.data(true, "no");
          stream.reset((int) Http2Error.NO_ERROR.code());
        });
    settings(10_000);
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, false, RawH2.post("/"));
      client.send(RawH2.DATA, 0, 1, new byte[10_000]);
      assertThat(client.read(RawH2.HEADERS).headers().status().toString()).isEqualTo("403");
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("no");
      assertThat(client.read(RawH2.RST_STREAM).code()).isEqualTo(0);
    }
  }

  @Test
  void aClientThatLeavesTakesItsStreamWithIt() throws Exception {
    start(stream -> stream.headers(false, ":status", "200"));
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, true, RawH2.get("/"));
      client.read(RawH2.HEADERS);
      client.send(RawH2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
      Wait.until(() -> backend.streams.get(0).reset == Http2Error.CANCEL.code());
      client.headers(3, true, RawH2.get("/"));
      assertThat(client.read(RawH2.HEADERS).stream()).isEqualTo(3);
    }
    assertThat(backend.connections()).isEqualTo(1);
  }

  @Test
  void aSlowClientHoldsTheUpstreamAndNothingElse() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "200");
          stream.data(true, new byte[stream.field(":path").equals("/big") ? 50_000_000 : 5]);
        });
    try (TestClient slow = proxy.client();
        TestClient other = proxy.client()) {
      slow.send("GET /big HTTP/1.1\r\nHost: a.test\r\n\r\n");
      Wait.until(() -> backend.streams.size() == 1 && backend.streams.get(0).sent > 60_000);
      long before = -1;
      while (before != backend.streams.get(0).sent) {
        before = backend.streams.get(0).sent;
        Thread.sleep(200);
      }
      assertThat(before).isLessThan(40_000_000);
      assertThat(other.get("/").body()).hasSize(5);
      assertThat(slow.read().body()).hasSize(50_000_000);
    }
  }

  @Test
  void aSlowUpstreamHoldsItsClient() throws Exception {
    start(stream -> stream.ok("" + stream.body().length));
    backend.takes = false;
    settings(10_000);
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, false, RawH2.post("/"));
      for (int i = 0; i < 3; i++) {
        client.send(RawH2.DATA, 0, 1, new byte[16_000]);
      }
      Wait.until(() -> backend.streams.size() == 1 && backend.streams.get(0).received == 48_000);
      int window = 65_535 - 48_000;
      int sent = 48_000;
      RawH2.Frame frame;
      while (true) {
        while ((frame = client.readWithin(300)) != null) {
          if (frame.type() == RawH2.WINDOW_UPDATE && frame.stream() == 1) {
            window += frame.code();
          }
        }
        int size = Math.min(16_000, window);
        if (size <= 0) {
          break;
        }
        client.send(RawH2.DATA, 0, 1, new byte[size]);
        window -= size;
        sent += size;
        assertThat(sent).isLessThan(400_000);
      }
      assertThat(backend.streams.get(0).received).isLessThanOrEqualTo(65_535);
      backend.takes = true;
      backend.streams.get(0).connection.release(backend.streams.get(0));
      client.send(RawH2.DATA, RawH2.END_STREAM, 1, new byte[0]);
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("" + sent);
    }
  }

  @Test
  void aSilentPeerIsAskedAndADeadOneLeft() throws Exception {
    start(
        new H2Multiplexing(null, 150, 150, 300),
        stream -> {
          if (stream.id == FIRST) {
            Wait.until(() -> backend.pings.get() >= 2);
          } else {
            backend.answersPings = false;
            Wait.until(() -> stream.connection.gone);
          }
          stream.ok("late");
        });
    try (TestClient client = proxy.client()) {
      assertThat(client.get("/").text()).isEqualTo("late");
      client.send(POST);
      assertThat(client.read().status()).isEqualTo(502);
    }
  }

  @Test
  void aSilentUpstreamIs504() throws Exception {
    start(_ -> {});
    settings(200);
    try (TestClient client = proxy.client()) {
      client.send(POST);
      assertThat(client.read().status()).isEqualTo(504);
      Wait.until(() -> backend.streams.get(0).reset == Http2Error.CANCEL.code());
    }
  }

  @Test
  void anHttp1ServerIsNotTakenForOneOfHttp2() throws Exception {
    start(_ -> {});
    try (Backend old =
            new Backend(
                (_, socket, out) -> {
                  out.write(Backend.bytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                  socket.close();
                });
        TestClient client = proxy.client()) {
      proxy.upstream.endpoints(new EndpointSet(List.of(old.endpoint()), false));
      client.send(POST);
      assertThat(client.read().status()).isEqualTo(502);
    }
  }

  @Test
  void anEndpointThatLeftIsNotUsedAnyMore() throws Exception {
    start(stream -> stream.ok("one"));
    try (H2Backend other = new H2Backend(stream -> stream.ok("two"));
        TestClient client = proxy.client()) {
      assertThat(client.get("/").text()).isEqualTo("one");
      proxy.upstream.endpoints(new EndpointSet(List.of(other.endpoint()), false));
      assertThat(client.get("/").text()).isEqualTo("two");
      Wait.until(() -> backend.open().get(0).gone);
    }
  }
}
