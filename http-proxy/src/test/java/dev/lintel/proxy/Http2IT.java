package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP/2 clients in front of an HTTP/1.1 backend: through TLS with the JDK's client, and frame by
/// frame on the plain port.
@ExtendWith(LeakCheck.class)
class Http2IT {
  private static final byte[] CANCEL = {0, 0, 0, 8};

  private final CountDownLatch release = new CountDownLatch(1);
  private Backend backend;
  private TestProxy proxy;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    backend = new Backend(this::answer);
    proxy = new TestProxy(backend);
    publish(ProxySettings.DEFAULT);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(context)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
  }

  private void publish(ProxySettings settings) {
    ProxyConfig now = proxy.server.config();
    Route route =
        new Route(
            RouteLabels.NONE,
            new RequestFilter[0],
            new ResponseFilter[0],
            proxy.upstream,
            new RouteSettings(5_000, 60_000, 60_000, 0, 3, false, 0, true),
            null);
    RoutingTable routes = RoutingTable.builder(route).build();
    proxy.server.publish(
        new ProxyConfig(now.generation() + 1, routes, now.certificates(), settings));
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    client.shutdownNow();
    // A connection that is there when the loops end is not taken down in order.
    Wait.until(() -> proxy.server.connections() == 0);
    proxy.close();
    backend.close();
  }

  /// `/echo` sends the body back, `/big/N` sends N bytes, `/hold` waits for the end of the test,
  /// any other path is answered with what came.
  private void answer(Backend.Request request, Socket socket, OutputStream out) throws Exception {
    String path = request.line().split(" ")[1];
    if (path.startsWith("/hold")) {
      release.await();
      socket.close();
    } else if (path.startsWith("/cut")) {
      out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"));
      socket.close();
    } else if (path.startsWith("/early")) {
      out.write(Backend.ok("early"));
    } else if (path.startsWith("/echo")) {
      out.write(
          Backend.bytes(
              "HTTP/1.1 200 OK\r\nContent-Length: " + request.body().length + "\r\n\r\n"));
      out.write(request.body());
    } else if (path.startsWith("/big/")) {
      int left = Integer.parseInt(path.substring(5));
      out.write(Backend.bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
      byte[] piece = new byte[10_000];
      while (left > 0) {
        int length = Math.min(piece.length, left);
        out.write(Backend.bytes(Integer.toHexString(length) + "\r\n"));
        out.write(piece, 0, length);
        out.write(Backend.bytes("\r\n"));
        left -= length;
      }
      out.write(Backend.bytes("0\r\n\r\n"));
    } else {
      String text = request.line();
      out.write(
          Backend.bytes(
              "HTTP/1.1 200 OK\r\nServer: s\r\nConnection: keep-alive\r\nX-Upper: v\r\n"
                  + "Content-Length: "
                  + text.length()
                  + "\r\n\r\n"
                  + text));
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
            URI.create("https://localhost:" + proxy.server.httpsPort() + path))
        .timeout(Duration.ofSeconds(20));
  }

  private RawH2 raw() throws IOException {
    return new RawH2(proxy.server.httpPort());
  }

  @Test
  void aRequestIsForwardedAndAnswered() throws Exception {
    HttpResponse<String> response =
        client.send(
            to("/a/../b%20c?d=%2e").header("X-Forwarded-For", "6.6.6.6").build(),
            BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("GET /b%20c?d=%2e HTTP/1.1");
    assertThat(response.headers().map())
        .containsKeys("x-upper", "date", "content-length")
        .doesNotContainKeys("server", "connection");
    Backend.Request seen = backend.requests.getFirst();
    assertThat(seen.field("Host")).isEqualTo("localhost:" + proxy.server.httpsPort());
    assertThat(seen.field("X-Forwarded-For")).isEqualTo("127.0.0.1");
    assertThat(seen.field("X-Forwarded-Proto")).isEqualTo("https");
    assertThat(seen.field("X-Request-ID")).hasSize(32);
    assertThat(seen.field("Transfer-Encoding")).isNull();
  }

  @Test
  void bodiesPassBothWays() throws Exception {
    byte[] body = new byte[3_000_000];
    new Random(6).nextBytes(body);
    for (int length : new int[] {0, 5, 100_000, body.length}) {
      byte[] part = Arrays.copyOf(body, length);
      for (boolean known : new boolean[] {true, false}) {
        HttpRequest.BodyPublisher publisher =
            known
                ? BodyPublishers.ofByteArray(part)
                : BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(part));
        HttpResponse<byte[]> response =
            client.send(to("/echo").POST(publisher).build(), BodyHandlers.ofByteArray());
        assertThat(response.body()).isEqualTo(part);
        boolean chunked = backend.requests.getLast().field("Transfer-Encoding") != null;
        assertThat(chunked).isEqualTo(!known);
      }
    }
  }

  @Test
  void manyStreamsShareAConnection() throws Exception {
    client.send(to("/first").build(), BodyHandlers.ofString());
    List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(client.sendAsync(to("/big/200000").build(), BodyHandlers.ofByteArray()));
    }
    for (CompletableFuture<HttpResponse<byte[]>> each : all) {
      assertThat(each.get(30, TimeUnit.SECONDS).body()).hasSize(200_000);
    }
    assertThat(proxy.server.connections()).isEqualTo(1);
  }

  @Test
  void streamsAfterACancelledOneGetTheirOwnAnswers() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/hold"));
      Wait.until(() -> backend.requests.size() == 1);
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
      int streams = 10;
      for (int i = 0; i < streams; i++) {
        raw.headers(3 + 2 * i, true, RawH2.get("/of/" + (3 + 2 * i)));
      }
      for (int i = 0; i < streams; i++) {
        RawH2.Frame answer = raw.read(RawH2.DATA);
        assertThat(new String(answer.payload(), StandardCharsets.US_ASCII))
            .isEqualTo("GET /of/" + answer.stream() + " HTTP/1.1");
      }
    }
  }

  @Test
  void aHeadRequestHasNoBody() throws Exception {
    HttpResponse<String> response =
        client.send(
            to("/x").method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void aClientThatTakesNothingHoldsBackTheUpstream() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/big/30000000"));
      int got = 0;
      while (got < 65_535) {
        got += raw.read(RawH2.DATA).payload().length;
      }
      assertThat(got).isEqualTo(65_535);
      raw.window(1, 10);
      raw.window(0, 10);
      assertThat(raw.read(RawH2.DATA).payload()).hasSize(10);
      // Another stream is not held back by the first one.
      raw.window(0, 100_000);
      raw.headers(3, true, RawH2.get("/x"));
      RawH2.Frame answer = raw.read(RawH2.HEADERS);
      while (answer.stream() != 3) {
        answer = raw.read(RawH2.HEADERS);
      }
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
    }
    Wait.until(() -> backend.closedConnections() > 0);
  }

  @Test
  void anUploadThatNobodyTakesClosesItsWindow() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RawH2 raw = raw()) {
      Endpoint endpoint = new Endpoint((InetSocketAddress) deaf.getLocalSocketAddress());
      proxy.upstream.endpoints(new EndpointSet(List.of(endpoint), false));
      raw.headers(1, false, RawH2.post("/slow", "content-length", "30000000"));
      byte[] piece = new byte[16_384];
      int sent = 0;
      int window = 65_535;
      // As much as the kernel's buffers hold goes on; then no more credit comes.
      while (sent < 30_000_000) {
        while (window < piece.length) {
          RawH2.Frame frame = raw.readWithin(2_000);
          if (frame == null) {
            assertThat(sent).isGreaterThan(65_535 / 2);
            return;
          }
          if (frame.type() == RawH2.WINDOW_UPDATE && frame.stream() == 1) {
            window += frame.code();
          }
        }
        raw.send(RawH2.DATA, 0, 1, piece);
        window -= piece.length;
        sent += piece.length;
      }
      throw new AssertionError("everything was taken");
    }
  }

  @Test
  void aCancelledRequestIsGivenUpUpstream() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/hold"));
      Wait.until(() -> backend.requests.size() == 1);
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("200");
    }
    assertThat(backend.connections()).isEqualTo(2);
  }

  @Test
  void aResponseThatBreaksOffIsSeenAsSuch() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/cut"));
      assertThat(raw.read(RawH2.RST_STREAM).code())
          .isEqualTo((int) Http2Error.INTERNAL_ERROR.code());
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("200");
    }
  }

  @Test
  void aRefusedUploadIsNotAwaited() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.get("/a/..%2fb"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("400");
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.NO_ERROR.code());
    }
    assertThat(backend.requests).isEmpty();
  }

  /// curl 7.88, for one, loses the answer to a reset that comes while it sends.
  @Test
  void whoSendsTheRestOfARefusedUploadIsNotReset() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.get("/a/..%2fb"));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("400");
      assertThat(raw.read(RawH2.DATA).isLast()).isTrue();
      raw.send(RawH2.DATA, 0, 1, new byte[10_000]);
      raw.send(RawH2.DATA, RawH2.END_STREAM, 1, new byte[10_000]);
      raw.headers(3, true, RawH2.get("/x"));
      RawH2.Frame frame = raw.read();
      while (frame.type() != RawH2.HEADERS) {
        assertThat(frame.type()).isNotEqualTo(RawH2.RST_STREAM);
        frame = raw.read();
      }
      assertThat(frame.headers().status()).hasToString("200");
    }
  }

  @Test
  void aClientMayWaitForItsContinue() throws Exception {
    HttpResponse<String> response =
        client.send(
            to("/echo").expectContinue(true).POST(BodyPublishers.ofString("hello")).build(),
            BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("hello");
    assertThat(backend.requests.getFirst().field("Expect")).isNull();
  }

  @Test
  void trailersEndABody() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, false, RawH2.post("/echo"));
      raw.send(RawH2.DATA, 0, 1, new byte[] {'h', 'i'});
      raw.headers(1, true, RawH2.fields("x-t", "1"));
      assertThat(raw.read(RawH2.DATA).payload()).containsExactly('h', 'i');
      assertThat(backend.requests.getFirst().head()).doesNotContain("x-t");
      raw.headers(3, false, RawH2.post("/echo"));
      raw.headers(3, true, RawH2.fields(":path", "/x"));
      assertThat(raw.read(RawH2.RST_STREAM).code())
          .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x|'a\nb'",
        "X-Upper|v",
        "connection|close",
        "transfer-encoding|chunked",
        ":path|/x",
        ":protocol|websocket",
        "''|v",
        "te|gzip",
        "content-length|5"
      })
  void aMalformedRequestEndsItsStreamOnly(String name, String value) throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/g", name, value));
      RawH2.Frame frame = raw.read();
      while (frame.type() != RawH2.RST_STREAM && frame.type() != RawH2.HEADERS) {
        frame = raw.read();
      }
      assertThat(frame.stream()).isEqualTo(1);
      if (frame.type() == RawH2.HEADERS) {
        assertThat(frame.headers().status()).hasToString("400");
      } else {
        assertThat(frame.code()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      }
      assertThat(backend.requests).isEmpty();
      raw.headers(3, true, RawH2.get("/g"));
      Http2Headers next = raw.read(RawH2.HEADERS).headers();
      assertThat(next.status()).hasToString("200");
    }
  }

  @Test
  void aHeaderBombIsRefused() throws Exception {
    try (RawH2 raw = raw()) {
      String[] crumbs = new String[1000];
      Arrays.fill(crumbs, "cookie");
      for (int i = 1; i < crumbs.length; i += 2) {
        crumbs[i] = "a";
      }
      raw.headers(1, true, RawH2.get("/g", crumbs));
      assertThat(raw.read(RawH2.HEADERS).headers().status()).hasToString("431");
    }
  }

  @Test
  void rapidResetIsSentAway() throws Exception {
    try (RawH2 raw = raw()) {
      try {
        for (int stream = 1; stream < 1000; stream += 2) {
          raw.headers(stream, true, RawH2.get("/hold"));
          raw.send(RawH2.RST_STREAM, 0, stream, CANCEL);
        }
      } catch (IOException _) {
        // Closed while we were still sending.
      }
      RawH2.Frame end = raw.read(RawH2.GOAWAY);
      if (end != null) {
        assertThat(end.code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
      }
      while (end != null) {
        end = raw.read();
      }
    }
    assertThat(backend.requests.size()).isLessThanOrEqualTo(201);
  }

  @Test
  void prioritiesAreCounted() throws Exception {
    try (RawH2 raw = raw()) {
      for (int i = 0; i < 201; i++) {
        raw.send(RawH2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 16});
      }
      assertThat(raw.read(RawH2.GOAWAY).code())
          .isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    }
  }

  @Test
  void aDrainedConnectionServesWhatIsUnderWay() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/hold"));
      Wait.until(() -> backend.requests.size() == 1);
      proxy.server.discourageReuse();
      assertThat(raw.read(RawH2.GOAWAY).lastStream()).isEqualTo(Integer.MAX_VALUE);
      // Sent before the client knew: it is served.
      raw.headers(3, true, RawH2.get("/x"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(3);
      assertThat(raw.read(RawH2.GOAWAY).lastStream()).isEqualTo(3);
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
      RawH2.Frame rest = raw.read();
      while (rest != null) {
        rest = raw.read();
      }
    }
    Wait.until(() -> proxy.server.connections() == 0);
  }

  @Test
  void whatComesForAStreamBehindTheLastIsLetPass() throws Exception {
    try (RawH2 raw = raw()) {
      raw.headers(1, true, RawH2.get("/hold"));
      Wait.until(() -> backend.requests.size() == 1);
      proxy.server.discourageReuse();
      assertThat(raw.read(RawH2.GOAWAY).lastStream()).isEqualTo(Integer.MAX_VALUE);
      assertThat(raw.read(RawH2.GOAWAY).lastStream()).isEqualTo(1);
      raw.headers(3, false, RawH2.post("/x"));
      raw.send(RawH2.DATA, 0, 3, new byte[100]);
      raw.window(3, 1_000);
      raw.send(RawH2.RST_STREAM, 0, 3, CANCEL);
      raw.send(RawH2.PING, 0, 0, new byte[8]);
      RawH2.Frame refused = raw.read();
      assertThat(refused.stream()).isEqualTo(3);
      assertThat(refused.code()).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
      // Stream 1 is still served: the connection did not end.
      assertThat(raw.read().type()).isEqualTo(RawH2.PING);
      raw.send(RawH2.RST_STREAM, 0, 1, CANCEL);
    }
    Wait.until(() -> proxy.server.connections() == 0);
  }

  @Test
  void aConnectionServesSoManyRequests() throws Exception {
    publish(new ProxySettings(10_000, 60_000, 60_000, 75_000, 1_000, 5));
    try (RawH2 raw = raw()) {
      for (int stream = 1; stream <= 9; stream += 2) {
        raw.headers(stream, true, RawH2.get("/x"));
      }
      assertThat(raw.read(RawH2.GOAWAY).lastStream()).isEqualTo(Integer.MAX_VALUE);
    }
    for (int i = 0; i < 12; i++) {
      assertThat(client.send(to("/x").build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aConnectionThatBreaksGivesUpItsRequests() throws Exception {
    RawH2 raw = raw();
    raw.headers(1, true, RawH2.get("/hold"));
    raw.headers(3, false, RawH2.post("/hold", "content-length", "100000"));
    Wait.until(() -> !backend.requests.isEmpty());
    raw.close();
    Wait.until(() -> proxy.server.connections() == 0);
    assertThat(proxy.server.awaitIdle(Duration.ofSeconds(10))).isTrue();
  }

  /// Waits for something that happens elsewhere. The names in certificates are another test's
  /// subject.
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
