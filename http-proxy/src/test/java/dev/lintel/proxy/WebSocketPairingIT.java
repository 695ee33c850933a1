package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// WebSockets to backends of HTTP/2 (RFC 8441), for clients of both versions.
@ExtendWith(LeakCheck.class)
class WebSocketPairingIT {
  private static final int ENABLE_CONNECT_PROTOCOL = 8;
  private static final int CANCEL = 8;
  private static final byte[] LARGE = new byte[3_000_000];

  /// The answer to the key of RFC 6455 1.3.
  private static final String ASK =
      "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Protocol: chat\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  private H2Backend backend;
  private TestProxy proxy;

  static {
    new Random(3).nextBytes(LARGE);
  }

  private void start(H2Backend.Script script, int... settings) throws Exception {
    backend = new H2Backend(script, settings);
    proxy = new TestProxy(UpstreamSettings.DEFAULT.over(H2Multiplexing.CLEAR));
    proxy.upstream.endpoints(new EndpointSet(List.of(backend.endpoint()), false));
  }

  private void startTunnels(H2Backend.Script script) throws Exception {
    start(script, ENABLE_CONNECT_PROTOCOL, 1);
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    backend.close();
  }

  /// Sends everything back, and a last word.
  private static void echo(H2Backend.Stream stream) throws Exception {
    stream.headers(false, ":status", "200", "sec-websocket-protocol", "chat");
    for (byte[] piece = stream.piece(); piece != null; piece = stream.piece()) {
      stream.data(false, piece);
    }
    stream.data(true, "bye");
  }

  private void assertAsked() {
    H2Backend.Stream seen = backend.streams.getFirst();
    assertThat(seen.field(":method")).isEqualTo("CONNECT");
    assertThat(seen.field(":protocol")).isEqualTo("websocket");
    assertThat(seen.field(":scheme")).isEqualTo("http");
    assertThat(seen.field(":path")).isEqualTo("/ws");
    assertThat(seen.field(":authority")).isEqualTo("a.test");
    assertThat(seen.field("sec-websocket-protocol")).isEqualTo("chat");
    for (String none : List.of("sec-websocket-key", "upgrade", "connection", "te")) {
      assertThat(seen.field(none)).isNull();
    }
  }

  private RawH2 open() throws Exception {
    RawH2 client = new RawH2(proxy.server.httpPort());
    client.headers(1, false, RawH2.webSocket("/ws", "sec-websocket-protocol", "chat"));
    return client;
  }

  @Test
  void aClientOfHttp11GetsItsUpgrade() throws Exception {
    startTunnels(WebSocketPairingIT::echo);
    try (TestClient client = proxy.client()) {
      client.send(ASK + "early");
      TestClient.Response response = client.read();
      assertThat(response.head()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
      assertThat(response.has("connection: upgrade")).isTrue();
      assertThat(response.has("upgrade: websocket")).isTrue();
      assertThat(response.has("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")).isTrue();
      assertThat(response.has("sec-websocket-protocol: chat")).isTrue();
      assertThat(new String(client.raw(5), StandardCharsets.ISO_8859_1)).isEqualTo("early");
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      client.send(LARGE);
                    } catch (java.io.IOException _) {
                      // What comes back tells.
                    }
                  });
      assertThat(Arrays.equals(client.raw(LARGE.length), LARGE)).isTrue();
      sender.join();
      assertAsked();
      client.socket.shutdownOutput();
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void aClientOfHttp2GetsItsTunnel() throws Exception {
    startTunnels(WebSocketPairingIT::echo);
    try (RawH2 client = open()) {
      RawH2.Frame head = client.read(RawH2.HEADERS);
      assertThat(head.headers().status()).hasToString("200");
      assertThat(head.headers().get("sec-websocket-protocol")).hasToString("chat");
      client.send(RawH2.DATA, 0, 1, Backend.bytes("hello"));
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("hello");
      client.send(RawH2.DATA, RawH2.END_STREAM, 1, new byte[0]);
      StringBuilder rest = new StringBuilder();
      RawH2.Frame frame;
      do {
        frame = client.read(RawH2.DATA);
        rest.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
      } while (!frame.isLast());
      assertThat(rest).hasToString("bye");
      assertAsked();
    }
  }

  @Test
  void resetsPassBothWays() throws Exception {
    startTunnels(
        stream -> {
          stream.headers(false, ":status", "200");
          if (stream.field(":path").equals("/reset")) {
            stream.reset(CANCEL);
          }
        });
    try (RawH2 client = open()) {
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("200");
      client.headers(3, false, RawH2.webSocket("/reset"));
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("200");
      RawH2.Frame reset = client.read(RawH2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(3);
      assertThat(reset.code()).isEqualTo(CANCEL);
      client.send(RawH2.RST_STREAM, 0, 1, Unpooled.copyInt(CANCEL).array());
      H2Backend.Stream first = backend.streams.getFirst();
      for (int i = 0; i < 100 && first.reset < 0; i++) {
        Thread.sleep(50);
      }
      assertThat(first.reset).isEqualTo(CANCEL);
    }
  }

  @Test
  void aSilentTunnelEndsAfterTheReadTimeout() throws Exception {
    startTunnels(WebSocketPairingIT::echo);
    proxy.settings = new RouteSettings(5_000, 400, 60_000, 0, 3, false, 0, true);
    proxy.apply();
    try (RawH2 client = open()) {
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("200");
      for (int i = 0; i < 6; i++) {
        Thread.sleep(200);
        client.send(RawH2.DATA, 0, 1, new byte[] {'x'});
        assertThat(client.read(RawH2.DATA).payload()).hasSize(1);
      }
      assertThat(client.read(RawH2.DATA).isLast()).isTrue();
    }
  }

  @Test
  void aRefusalIsAnOrdinaryResponse() throws Exception {
    startTunnels(
        stream -> {
          stream.headers(false, ":status", "403");
          stream.data(true, "no");
        });
    try (RawH2 client = open();
        TestClient other = proxy.client()) {
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("403");
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("no");
      other.send(ASK);
      TestClient.Response refused = other.read();
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).isEqualTo("no");
    }
  }

  @Test
  void anUpstreamThatKnowsNoWebSocketsIsNotAsked() throws Exception {
    start(stream -> stream.ok("page"));
    try (RawH2 client = open();
        TestClient other = proxy.client()) {
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("502");
      other.send(ASK);
      assertThat(other.read().status()).isEqualTo(502);
      // Neither the connection nor the upstream is the worse for it.
      assertThat(other.get("/").text()).isEqualTo("page");
      client.headers(3, true, RawH2.get("/"));
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("200");
      assertThat(backend.streams).hasSize(2);
      ByteArrayOutputStream page = new ByteArrayOutputStream();
      proxy.server.metrics().write(page);
      assertThat(page.toString(StandardCharsets.UTF_8))
          .containsPattern("lintel_failures_total\\{reason=\"no-websocket\"[^}]*} 2");
    }
  }
}
