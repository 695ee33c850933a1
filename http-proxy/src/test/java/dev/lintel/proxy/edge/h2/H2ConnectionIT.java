package dev.lintel.proxy.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.HttpDate;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SelfMadeCertificate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP/2 connections on real sockets, with an application behind them that echoes.
class H2ConnectionIT {
  private static final ProxySettings FEW_REQUESTS =
      new ProxySettings(10_000, 60_000, 60_000, 75_000, 1_000, 5);

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop eventLoop = group.next();
  private final Loop loop = new Loop(0, eventLoop);
  private final HttpDate date = new HttpDate();
  private final Echo echo = new Echo(eventLoop);
  private final List<H2Connection> connections = new ArrayList<>();
  private ProxySettings settings = ProxySettings.DEFAULT;
  private int plainPort;
  private int tlsPort;
  private HttpClient client;

  @BeforeEach
  void listen() throws Exception {
    KeyMaterial key = SelfMadeCertificate.issue(Instant.now(), "localhost");
    SslContext tls =
        SslContextBuilder.forServer(key.privateKey(), key.leaf())
            .sslProvider(SslProvider.JDK)
            .ciphers(Http2SecurityUtil.CIPHERS)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "h2"))
            .build();
    plainPort = bind(null);
    tlsPort = bind(tls);
    KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
    trust.load(null, null);
    trust.setCertificateEntry("localhost", key.leaf());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(context)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
  }

  private int bind(SslContext tls) {
    Channel listening =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    H2Connection made = H2Connection.create(loop, settings, echo, date);
                    connections.add(made);
                    channel.pipeline().addLast(made);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    return ((java.net.InetSocketAddress) listening.localAddress()).getPort();
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + tlsPort + path))
        .timeout(Duration.ofSeconds(20));
  }

  @Test
  void aRequestIsAnsweredOverTls() throws Exception {
    HttpResponse<String> response =
        client.send(to("/a/../b?c=%2e").build(), BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("GET localhost /b?c=%2e");
    assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
    assertThat(response.headers().firstValue("content-length")).hasValue("22");
    assertThat(response.headers().firstValue("date")).isPresent();
    assertThat(client.send(to("/late").build(), BodyHandlers.ofString()).body())
        .isEqualTo("GET localhost /late");
  }

  @Test
  void bodiesPassBothWaysWithoutBeingGathered() throws Exception {
    byte[] body = new byte[3_000_000];
    new Random(6).nextBytes(body);
    for (boolean known : new boolean[] {true, false}) {
      HttpRequest.BodyPublisher publisher =
          known
              ? BodyPublishers.ofByteArray(body)
              : BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body));
      HttpResponse<byte[]> response =
          client.send(to("/echo").POST(publisher).build(), BodyHandlers.ofByteArray());
      assertThat(response.body()).isEqualTo(body);
      assertThat(response.headers().firstValue("content-length").isPresent()).isEqualTo(known);
    }
    // What the client may send ahead is its window, no more.
    assertThat(echo.mostQueued.get()).isLessThanOrEqualTo(64 * 1024);
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
    assertThat(connections).hasSize(1);
  }

  @Test
  void aClientThatTakesNothingHoldsBackTheSource() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, true, RawH2.get("/big/10000000"));
      int got = 0;
      while (got < 65_535) {
        got += raw.read(RawH2.DATA).payload().length;
      }
      assertThat(got).isEqualTo(65_535);
      assertThat(echo.mostQueued.get()).isLessThan(128 * 1024);
      raw.send(RawH2.WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 10});
      raw.send(RawH2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 10});
      assertThat(raw.read(RawH2.DATA).payload()).hasSize(10);
    }
  }

  @Test
  void aCancelledRequestIsToldOnce() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, true, RawH2.get("/hold"));
      raw.headers(3, true, RawH2.get("/hold"));
      raw.send(RawH2.RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
      raw.headers(5, true, RawH2.get("/x"));
      assertThat(raw.decode(raw.read(RawH2.HEADERS)).status()).hasToString("200");
      assertThat(echo.cancelled).hasValue(1);
    }
    settle(() -> echo.cancelled.get() == 2);
    assertThat(echo.cancelled).hasValue(2);
  }

  @Test
  void anAbortedResponseIsSeenAsSuch() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, true, RawH2.get("/hold"));
      settle(() -> echo.held.get() != null);
      eventLoop.execute(() -> echo.held.get().abort());
      assertThat(raw.read(RawH2.RST_STREAM).code())
          .isEqualTo((int) Http2Error.INTERNAL_ERROR.code());
    }
    assertThat(echo.cancelled).hasValue(0);
  }

  @Test
  void anEarlyAnswerEndsTheUpload() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, false, RawH2.get("/early"));
      RawH2.Frame answer = raw.read(RawH2.HEADERS);
      assertThat(raw.decode(answer).status()).hasToString("200");
      assertThat(raw.read(RawH2.RST_STREAM).code()).isEqualTo((int) Http2Error.NO_ERROR.code());
    }
  }

  @Test
  void aClientMayWaitForItsContinue() throws Exception {
    HttpResponse<String> response =
        client.send(
            to("/echo").expectContinue(true).POST(BodyPublishers.ofString("hello")).build(),
            BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("hello");
  }

  @Test
  void trailersEndABody() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, false, RawH2.get("/echo"));
      raw.send(RawH2.DATA, 0, 1, new byte[] {'h', 'i'});
      raw.headers(1, true, RawH2.fields("x-t", "1"));
      RawH2.Frame data = raw.read(RawH2.DATA);
      assertThat(data.payload()).containsExactly('h', 'i');
      assertThat(data.isLast() || raw.read(RawH2.DATA).isLast()).isTrue();
      raw.headers(3, false, RawH2.get("/echo"));
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
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, true, RawH2.get("/g", name, value));
      RawH2.Frame frame = raw.read();
      while (frame.type() != RawH2.RST_STREAM && frame.type() != RawH2.HEADERS) {
        frame = raw.read();
      }
      assertThat(frame.stream()).isEqualTo(1);
      if (frame.type() == RawH2.HEADERS) {
        assertThat(raw.decode(frame).status()).hasToString("400");
      } else {
        assertThat(frame.code()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      }
      raw.headers(3, true, RawH2.get("/g"));
      Http2Headers next = raw.decode(raw.read(RawH2.HEADERS));
      assertThat(next.status()).hasToString("200");
    }
  }

  @Test
  void aRefusalIsAnsweredByItsStatus() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, true, RawH2.get("/a/..%2fb"));
      assertThat(raw.decode(raw.read(RawH2.HEADERS)).status()).hasToString("400");
      assertThat(echo.refused).containsExactly(Malformed.PATH_AMBIGUOUS);
    }
  }

  @Test
  void aHeaderBombIsRefused() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      String[] crumbs = new String[1000];
      Arrays.fill(crumbs, "cookie");
      for (int i = 1; i < crumbs.length; i += 2) {
        crumbs[i] = "a";
      }
      raw.headers(1, true, RawH2.get("/g", crumbs));
      assertThat(raw.decode(raw.read(RawH2.HEADERS)).status()).hasToString("431");
    }
  }

  @Test
  void rapidResetIsSentAway() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      try {
        for (int stream = 1; stream < 1000; stream += 2) {
          raw.headers(stream, true, RawH2.get("/hold"));
          raw.send(RawH2.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
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
    settle(() -> echo.cancelled.get() >= 100);
    assertThat(echo.cancelled.get()).isBetween(100, 201);
  }

  @Test
  void prioritiesAreCounted() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      for (int i = 0; i < 201; i++) {
        raw.send(RawH2.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 16});
      }
      assertThat(raw.read(RawH2.GOAWAY).code())
          .isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
    }
  }

  @Test
  void aDrainedConnectionServesWhatIsUnderWay() throws Exception {
    try (RawH2 raw = new RawH2(plainPort)) {
      raw.headers(1, true, RawH2.get("/hold"));
      settle(() -> echo.held.get() != null);
      H2Stream held = echo.held.get();
      eventLoop.execute(() -> connections.getLast().drain());
      RawH2.Frame first = raw.read(RawH2.GOAWAY);
      assertThat(first.lastStream()).isEqualTo(Integer.MAX_VALUE);
      assertThat(held.mayReuse()).isFalse();
      // Sent before the client knew: it is served.
      raw.headers(3, true, RawH2.get("/late"));
      assertThat(raw.read(RawH2.HEADERS).stream()).isEqualTo(3);
      RawH2.Frame second = raw.read(RawH2.GOAWAY);
      assertThat(second.lastStream()).isEqualTo(3);
      eventLoop.execute(() -> held.abort());
      assertThat(raw.read(RawH2.RST_STREAM).stream()).isEqualTo(1);
      assertThat(raw.read()).isNull();
    }
  }

  @Test
  void aConnectionServesSoManyRequests() throws Exception {
    settings = FEW_REQUESTS;
    for (int i = 0; i < 12; i++) {
      assertThat(client.send(to("/x").build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
    assertThat(connections.size()).isGreaterThan(1);
  }

  @Test
  void aClosedConnectionEndsItsRequests() throws Exception {
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(to("/hold").build(), BodyHandlers.ofString());
    settle(() -> echo.held.get() != null);
    client.shutdownNow();
    assertThatThrownBy(() -> response.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    settle(() -> echo.cancelled.get() == 1);
  }

  /// Waits for something that happens on the loop.
  private void settle(java.util.function.BooleanSupplier done) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
      eventLoop.submit(() -> {}).get();
    }
  }
}
