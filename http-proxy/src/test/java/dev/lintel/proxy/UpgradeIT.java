package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Connections that change protocols.
@ExtendWith(LeakCheck.class)
class UpgradeIT {
  private static final String ASK =
      "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  private static final byte[] GOODBYE = {(byte) 0x88, 2, 0x03, (byte) 0xe9};
  private static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

  /// Sends every byte back, after a first short text frame.
  private static Backend echo() throws Exception {
    return new Backend(
        (_, socket, out) -> {
          out.write(Backend.bytes(AGREED));
          out.write(new byte[] {(byte) 0x81, 2, 'h', 'i'});
          byte[] piece = new byte[8192];
          for (int n = socket.getInputStream().read(piece); n >= 0; ) {
            out.write(piece, 0, n);
            n = socket.getInputStream().read(piece);
          }
          socket.close();
        });
  }

  @Test
  void bytesPassBothWaysAfter101() throws Exception {
    try (Backend backend = echo();
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      // Bytes sent ahead wait for the 101.
      client.send(ASK + "early");
      TestClient.Response response = client.read();
      assertThat(response.status()).isEqualTo(101);
      assertThat(response.has("upgrade: websocket")).isTrue();
      assertThat(client.raw(4)).isEqualTo(new byte[] {(byte) 0x81, 2, 'h', 'i'});
      byte[] large = "0123456789".repeat(50_000).getBytes();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  client.send(large);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      byte[] back = client.raw(5 + large.length);
      assertThat(new String(back)).isEqualTo("early" + new String(large));
      client.socket.shutdownOutput();
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void anythingBut101IsAnOrdinaryResponse() throws Exception {
    try (Backend backend = Backend.saying("no websockets here");
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send(ASK);
      assertThat(client.read().text()).isEqualTo("no websockets here");
      assertThat(client.get("/").text()).isEqualTo("no websockets here");
    }
  }

  @Test
  void a101NobodyAskedForIs502() throws Exception {
    try (Backend backend = new Backend((_, _, out) -> out.write(Backend.bytes(AGREED)));
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      assertThat(client.get("/").status()).isEqualTo(502);
    }
  }

  @Test
  void aSilentTunnelEndsAfterTheReadTimeout() throws Exception {
    try (Backend backend = echo();
        TestProxy proxy = new TestProxy(backend)) {
      proxy.settings = new RouteSettings(5_000, 400, 60_000, 0, 3, false, 0, true);
      proxy.apply();
      try (TestClient client = proxy.client()) {
        client.send(ASK);
        assertThat(client.read().status()).isEqualTo(101);
        client.raw(4);
        for (int i = 0; i < 6; i++) {
          Thread.sleep(200);
          client.send("x");
          assertThat(client.raw(1)).hasSize(1);
        }
        assertThat(client.isClosed()).isTrue();
      }
    }
  }

  @Test
  void aDrainSaysGoodbyeToWebSockets() throws Exception {
    try (Backend backend = echo();
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      client.send(ASK);
      assertThat(client.read().status()).isEqualTo(101);
      assertThat(client.raw(4)).hasSize(4);
      proxy.server.discourageReuse();
      proxy.server.stopAccepting();
      assertThat(proxy.server.awaitIdle(Duration.ofSeconds(5))).isTrue();
      assertThat(client.raw(4)).isEqualTo(GOODBYE);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void aDrainSaysGoodbyeToAWebSocketThatBeginsInIt() throws Exception {
    try (Backend backend = echo();
        TestProxy proxy = new TestProxy(backend);
        TestClient client = proxy.client()) {
      Wait.until(() -> proxy.server.connections() == 1);
      proxy.server.discourageReuse();
      proxy.server.stopAccepting();
      FutureTask<Boolean> idle =
          new FutureTask<>(
              () -> proxy.server.awaitIdle(Duration.ofMinutes(1), Duration.ofMinutes(1)));
      Thread.ofVirtual().start(idle);
      Thread.sleep(300); // nothing was in flight for some looks
      client.send(ASK);
      assertThat(client.read().status()).isEqualTo(101);
      byte[] last = client.raw(4); // what the backend says first, where it was in time
      assertThat(Arrays.equals(last, GOODBYE) ? last : client.raw(4)).isEqualTo(GOODBYE);
      assertThat(idle.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }
}
