package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.route.RouteSettings;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// WebSockets of HTTP/2 clients (RFC 8441), frame by frame, in front of an HTTP/1.1 backend.
@ExtendWith(LeakCheck.class)
class WebSocketH2IT {
  private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};
  private static final int ENABLE_CONNECT_PROTOCOL = 8;
  private static final int NO_ERROR = 0;
  private static final int PROTOCOL_ERROR = 1;
  private static final int CANCEL = 8;
  private static final int LARGE = 32 << 20;

  /// More than the sockets of the machine buffer by themselves, less than what is sent.
  private static final int SOCKETS_HOLD = 20 << 20;

  /// Whether the stream ended with what was taken last.
  private boolean ended;

  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

  /// What the backend does once it has agreed.
  private interface Dialogue {
    void hold(InputStream in, OutputStream out, Socket socket) throws Exception;
  }

  /// Agrees as RFC 6455 4.2.2 says.
  static byte[] agreed(Backend.Request request, String... more) throws Exception {
    String key = request.field("Sec-WebSocket-Key");
    byte[] sha1 =
        MessageDigest.getInstance("SHA-1")
            .digest(Backend.bytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    return Backend.bytes(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: "
            + Base64.getEncoder().encodeToString(sha1)
            + "\r\n"
            + String.join("", more)
            + "\r\n");
  }

  private static Backend backend(Dialogue dialogue) throws Exception {
    return new Backend(
        (request, socket, out) -> {
          if (request.field("Upgrade") == null) {
            out.write(Backend.ok("page"));
            return;
          }
          out.write(agreed(request));
          dialogue.hold(socket.getInputStream(), out, socket);
          socket.close();
        });
  }

  /// Sends everything back until the other side ends, and then a last word.
  static void echo(InputStream in, OutputStream out, Socket socket) throws IOException {
    byte[] piece = new byte[8192];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      out.write(piece, 0, n);
    }
    out.write(Backend.bytes("bye"));
  }

  /// Says how the other side ended.
  private void watch(InputStream in, OutputStream out, Socket socket) {
    try {
      ends.add(in.read() < 0 ? "in order" : "with a word");
    } catch (IOException _) {
      ends.add("reset");
    }
  }

  private String end() throws InterruptedException {
    return ends.poll(10, TimeUnit.SECONDS);
  }

  private static RawH2 client(TestProxy proxy, boolean tls) throws Exception {
    if (!tls) {
      return new RawH2(proxy.server.httpPort());
    }
    SSLSocket socket = TlsIT.connect(proxy, "a.test", "h2");
    return new RawH2(socket, new byte[0]);
  }

  private static void open(RawH2 client, int stream) throws IOException {
    client.headers(stream, false, RawH2.webSocket("/ws"));
    RawH2.Frame head = client.read(RawH2.HEADERS);
    assertThat(head.stream()).isEqualTo(stream);
    assertThat(head.headers().status()).hasToString("200");
    assertThat(head.isLast()).isFalse();
  }

  private static void data(RawH2 client, int stream, boolean last, String text) throws IOException {
    client.send(RawH2.DATA, last ? RawH2.END_STREAM : 0, stream, Backend.bytes(text));
  }

  /// So many bytes of a stream, which are given back as window.
  private byte[] take(RawH2 client, int stream, int length) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < length) {
      RawH2.Frame frame = client.read();
      assertThat(frame.type())
          .as(() -> "frame with code " + frame.code())
          .isNotIn(RawH2.RST_STREAM, RawH2.GOAWAY);
      if (frame.type() != RawH2.DATA) {
        continue;
      }
      assertThat(frame.stream()).isEqualTo(stream);
      all.writeBytes(frame.payload());
      ended = frame.isLast();
      if (frame.payload().length > 0) {
        client.window(0, frame.payload().length);
        client.window(stream, frame.payload().length);
      }
    }
    return all.toByteArray();
  }

  /// The stream ends in order, with its last bytes or behind them.
  private void takeEnd(RawH2 client) throws IOException {
    RawH2.Frame last = ended ? null : client.read(RawH2.DATA);
    assertThat(last == null || last.isLast() && last.payload().length == 0).isTrue();
  }

  private String text(RawH2 client, int stream, int length) throws IOException {
    return new String(take(client, stream, length), StandardCharsets.ISO_8859_1);
  }

  @Test
  void theFirstSettingsSayThatThereAreWebSockets() throws Exception {
    try (Backend backend = backend(WebSocketH2IT::echo);
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      RawH2.Frame first = client.read();
      assertThat(first.type()).isEqualTo(RawH2.SETTINGS);
      var settings = Unpooled.wrappedBuffer(first.payload());
      int announced = 0;
      while (settings.isReadable()) {
        int id = settings.readUnsignedShort();
        int value = settings.readInt();
        announced = id == ENABLE_CONNECT_PROTOCOL ? value : announced;
      }
      assertThat(announced).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectBecomesAnUpgradeAndBytesPassBothWays(boolean tls) throws Exception {
    try (Backend backend =
            new Backend(
                (request, socket, out) -> {
                  out.write(agreed(request, "Sec-WebSocket-Protocol: chat\r\n", "Date: now\r\n"));
                  echo(socket.getInputStream(), out, socket);
                  socket.close();
                });
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, tls)) {
      client.headers(
          1,
          false,
          RawH2.webSocket(
              "/ws/../chat?room=1",
              "sec-websocket-protocol",
              "chat, superchat",
              "sec-websocket-version",
              "13",
              "sec-websocket-key",
              "the client's own has no meaning",
              "origin",
              "https://a.test"));
      RawH2.Frame head = client.read(RawH2.HEADERS);
      assertThat(head.headers().status()).hasToString("200");
      assertThat(head.headers().get("sec-websocket-protocol")).hasToString("chat");
      assertThat(head.headers().names())
          .extracting(CharSequence::toString)
          .containsExactlyInAnyOrder(":status", "sec-websocket-protocol", "date");

      data(client, 1, false, "hello");
      assertThat(text(client, 1, 5)).isEqualTo("hello");
      // The client ends its half: the backend has the last word.
      data(client, 1, true, "and out ");
      assertThat(text(client, 1, 11)).isEqualTo("and out bye");
      takeEnd(client);

      Backend.Request seen = backend.requests.getFirst();
      assertThat(seen.line()).isEqualTo("GET /chat?room=1 HTTP/1.1");
      assertThat(seen.field("Host")).isEqualTo("a.test");
      assertThat(seen.field("Connection")).isEqualTo("Upgrade");
      assertThat(seen.field("Upgrade")).isEqualTo("websocket");
      assertThat(Base64.getDecoder().decode(seen.field("Sec-WebSocket-Key"))).hasSize(16);
      assertThat(seen.field("Sec-WebSocket-Version")).isEqualTo("13");
      assertThat(seen.field("Sec-WebSocket-Protocol")).isEqualTo("chat, superchat");
      assertThat(seen.field("Origin")).isEqualTo("https://a.test");
      assertThat(seen.field("X-Forwarded-Proto")).isEqualTo(tls ? "https" : "http");
      assertThat(seen.head()).doesNotContainIgnoringCase("content-length", "transfer-encoding");
      assertThat(seen.head()).doesNotContain(":protocol", "the client's own");
    }
  }

  @Test
  void whatIsSentAheadWaitsForTheAnswer() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch agrees = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                (request, socket, out) -> {
                  asked.countDown();
                  agrees.await();
                  boolean silent = socket.getInputStream().available() == 0;
                  out.write(agreed(request));
                  out.write(Backend.bytes(silent ? "silent " : "not silent "));
                  echo(socket.getInputStream(), out, socket);
                  socket.close();
                });
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      client.headers(1, false, RawH2.webSocket("/ws"));
      data(client, 1, false, "early ");
      data(client, 1, false, "bird ");
      data(client, 1, true, "");
      asked.await();
      // An answer to this says that what came before it was read.
      client.send(RawH2.PING, 0, 0, new byte[8]);
      client.read(RawH2.PING);
      agrees.countDown();
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("200");
      assertThat(text(client, 1, 21)).isEqualTo("silent early bird bye");
    }
  }

  @Test
  void aHeadThatEndsItsStreamLeavesTheOtherHalfOpen() throws Exception {
    try (Backend backend = backend(WebSocketH2IT::echo);
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      client.headers(1, true, RawH2.webSocket("/ws"));
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("200");
      assertThat(text(client, 1, 3)).isEqualTo("bye");
      takeEnd(client);
    }
  }

  @Test
  void aClientThatTakesNothingStopsTheUpstream() throws Exception {
    byte[] large = new byte[LARGE];
    new Random(1).nextBytes(large);
    AtomicLong written = new AtomicLong();
    try (Backend backend =
            backend(
                (_, out, _) -> {
                  for (int at = 0; at < LARGE; at += 8192) {
                    out.write(large, at, 8192);
                    written.addAndGet(8192);
                  }
                });
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      open(client, 1);
      long before = -1;
      while (before != written.get()) {
        before = written.get();
        Thread.sleep(300);
      }
      assertThat(before).isLessThan(SOCKETS_HOLD);
      assertThat(Arrays.equals(take(client, 1, LARGE), large)).isTrue();
      takeEnd(client);
    }
  }

  @Test
  void anUpstreamThatTakesNothingStopsTheClient() throws Exception {
    byte[] large = new byte[LARGE];
    new Random(2).nextBytes(large);
    CountDownLatch takes = new CountDownLatch(1);
    try (Backend backend =
            backend(
                (in, out, _) -> {
                  takes.await();
                  boolean same = Arrays.equals(in.readNBytes(LARGE), large);
                  out.write(Backend.bytes(same ? "same" : "diff"));
                });
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      // More than the default for bodies, which a tunnel does not have.
      assertThat(proxy.settings.maxBodyBytes()).isLessThan(LARGE);
      open(client, 1);
      int sent = 0;
      int window = 65_535;
      while (sent < LARGE) {
        while (window > 0 && sent < LARGE) {
          int size = Math.min(Math.min(16_384, window), LARGE - sent);
          client.send(RawH2.DATA, 0, 1, Arrays.copyOfRange(large, sent, sent + size));
          sent += size;
          window -= size;
        }
        RawH2.Frame frame = takes.getCount() > 0 ? client.readWithin(1000) : client.read();
        if (frame == null) {
          assertThat(sent).isLessThan(SOCKETS_HOLD);
          takes.countDown();
        } else if (frame.type() == RawH2.WINDOW_UPDATE && frame.stream() == 1) {
          window += frame.code();
        }
      }
      assertThat(takes.getCount()).isZero();
      assertThat(text(client, 1, 4)).isEqualTo("same");
    }
  }

  @Test
  void anUpstreamThatEndsInOrderEndsTheStreamSo() throws Exception {
    try (Backend backend = backend((_, out, _) -> out.write(Backend.bytes("bye")));
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      open(client, 1);
      assertThat(text(client, 1, 3)).isEqualTo("bye");
      takeEnd(client);
      // Nobody is left to send to.
      assertThat(client.read(RawH2.RST_STREAM).code()).isEqualTo(NO_ERROR);
    }
  }

  @Test
  void anUpstreamThatBreaksOffResetsTheStream() throws Exception {
    try (Backend backend =
            backend(
                (in, _, socket) -> {
                  in.read();
                  socket.setSoLinger(true, 0);
                });
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      open(client, 1);
      data(client, 1, false, "x");
      RawH2.Frame frame = client.read();
      while (frame.stream() == 0 || frame.type() == RawH2.WINDOW_UPDATE) {
        frame = client.read();
      }
      assertThat(frame.type()).isEqualTo(RawH2.RST_STREAM);
      assertThat(frame.code()).isEqualTo(CANCEL);
    }
  }

  @Test
  void aResetStreamResetsTheUpstream() throws Exception {
    try (Backend backend = backend(this::watch);
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      open(client, 1);
      client.send(RawH2.RST_STREAM, 0, 1, Unpooled.copyInt(CANCEL).array());
      assertThat(end()).isEqualTo("reset");
      open(client, 3);
      data(client, 3, true, "");
      assertThat(end()).isEqualTo("in order");
      // A connection that goes away says no more of its streams than a reset does.
      open(client, 5);
      client.close();
      assertThat(end()).isEqualTo("reset");
    }
  }

  @Test
  void fieldsBehindTheHeadResetTheStream() throws Exception {
    try (Backend backend = backend(this::watch);
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      open(client, 1);
      client.headers(1, true, RawH2.fields("x-sum", "1"));
      assertThat(client.read(RawH2.RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
      assertThat(end()).isEqualTo("reset");
    }
  }

  @ParameterizedTest
  @CsvSource({"403 Forbidden,403,no", "301 Moved Permanently,301,no", "200 OK,502,Bad Gateway"})
  void anythingBut101IsAnOrdinaryResponseAndNeverATunnel(String line, String status, String page)
      throws Exception {
    try (Backend backend =
            new Backend(
                (_, _, out) ->
                    out.write(
                        Backend.bytes("HTTP/1.1 " + line + "\r\nContent-Length: 2\r\n\r\nno")));
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      client.headers(1, false, RawH2.webSocket("/ws"));
      data(client, 1, false, "early");
      RawH2.Frame head = client.read(RawH2.HEADERS);
      assertThat(head.headers().status()).hasToString(status);
      RawH2.Frame body = client.read(RawH2.DATA);
      assertThat(new String(body.payload(), StandardCharsets.ISO_8859_1)).contains(page);
      assertThat(body.isLast()).isTrue();
      assertThat(client.read(RawH2.RST_STREAM).code()).isEqualTo(NO_ERROR);
    }
  }

  @Test
  void anAgreementThatDoesNotProveItselfIs502() throws Exception {
    String proof = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    for (String accept : new String[] {"", proof}) {
      try (Backend backend =
              new Backend(
                  (_, socket, out) -> {
                    out.write(
                        Backend.bytes(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                + "Upgrade: websocket\r\n"
                                + accept
                                + "\r\nearly"));
                    watch(socket.getInputStream(), out, socket);
                  });
          TestProxy proxy = new TestProxy(backend);
          RawH2 client = client(proxy, false)) {
        client.headers(1, false, RawH2.webSocket("/ws"));
        assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("502");
        assertThat(end()).isNotNull();
      }
    }
  }

  @Test
  void aFilterRefusesBeforeAnyUpstreamIsTouched() throws Exception {
    RequestFilter password =
        exchange -> {
          assertThat(exchange.request().methodName()).hasToString("GET");
          exchange.respond(CannedResponse.page(401, "Unauthorized"));
          return Verdict.RESPONDED;
        };
    try (Backend backend = backend(WebSocketH2IT::echo);
        TestProxy proxy = new TestProxy(backend)) {
      proxy.requestFilters.add(password);
      proxy.apply();
      try (RawH2 client = client(proxy, false)) {
        client.headers(1, false, RawH2.webSocket("/ws"));
        RawH2.Frame head = client.read(RawH2.HEADERS);
        assertThat(head.headers().status()).hasToString("401");
        assertThat(client.read(RawH2.DATA).isLast()).isTrue();
        assertThat(backend.connections()).isZero();
      }
    }
  }

  @Test
  void tunnelsAndRequestsShareAConnection() throws Exception {
    try (Backend backend = backend(WebSocketH2IT::echo);
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      for (int stream = 1; stream < 20; stream += 2) {
        open(client, stream);
      }
      for (int round = 0; round < 3; round++) {
        for (int stream = 1; stream < 20; stream += 2) {
          data(client, stream, false, "to " + (10 + stream));
          assertThat(text(client, stream, 5)).isEqualTo("to " + (10 + stream));
        }
        int request = 21 + 2 * round;
        client.headers(request, true, RawH2.get("/page"));
        assertThat(client.read(RawH2.HEADERS).stream()).isEqualTo(request);
        assertThat(text(client, request, 4)).isEqualTo("page");
      }
      client.send(RawH2.RST_STREAM, 0, 3, Unpooled.copyInt(CANCEL).array());
      data(client, 5, true, "");
      assertThat(text(client, 5, 3)).isEqualTo("bye");
      takeEnd(client);
      data(client, 7, false, "still here");
      assertThat(text(client, 7, 10)).isEqualTo("still here");
    }
  }

  @Test
  void whatIsNoRequestForAWebSocketIsRefused() throws Exception {
    try (Backend backend = backend(WebSocketH2IT::echo);
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      client.headers(1, false, RawH2.webSocket("/ws", "content-length", "0"));
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("400");
      client.headers(
          3,
          false,
          RawH2.fields(
              ":method",
              "CONNECT",
              ":protocol",
              "connect-udp",
              ":scheme",
              "http",
              ":path",
              "/",
              ":authority",
              "a.test"));
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("501");
      // Without :protocol it is the CONNECT of proxies, whether it has a path or not.
      client.headers(
          5,
          false,
          RawH2.fields(
              ":method", "CONNECT", ":scheme", "http", ":path", "/", ":authority", "a.test"));
      assertThat(client.read(RawH2.HEADERS).headers().status()).hasToString("405");
      int stream = 7;
      for (byte[] malformed :
          new byte[][] {
            RawH2.fields(":method", "CONNECT", ":authority", "a.test"),
            RawH2.fields(":method", "CONNECT", ":protocol", "websocket", ":authority", "a.test"),
            RawH2.get("/ws", ":protocol", "websocket"),
            RawH2.webSocket("/ws", ":protocol", "websocket"),
            RawH2.webSocket("/ws", "connection", "upgrade"),
          }) {
        client.headers(stream, false, malformed);
        RawH2.Frame reset = client.read(RawH2.RST_STREAM);
        while (reset.stream() != stream) {
          reset = client.read(RawH2.RST_STREAM);
        }
        assertThat(reset.code()).isEqualTo(PROTOCOL_ERROR);
        stream += 2;
      }
      assertThat(backend.connections()).isZero();
    }
  }

  @Test
  void aSilentTunnelEndsAfterTheReadTimeout() throws Exception {
    try (Backend backend = backend(WebSocketH2IT::echo);
        TestProxy proxy = new TestProxy(backend)) {
      proxy.settings = new RouteSettings(5_000, 400, 60_000, 0, 3, false, 0, true);
      proxy.apply();
      try (RawH2 client = client(proxy, false)) {
        open(client, 1);
        for (int i = 0; i < 6; i++) {
          Thread.sleep(200);
          data(client, 1, false, "x");
          assertThat(take(client, 1, 1)).hasSize(1);
        }
        takeEnd(client);
      }
    }
  }

  @Test
  void aDrainSaysGoodbyeToWebSocketsOnceNothingElseIsLeft() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    try (Backend backend =
            new Backend(
                (request, socket, out) -> {
                  if (request.field("Upgrade") == null) {
                    slow.await();
                    out.write(Backend.ok("page"));
                    return;
                  }
                  out.write(agreed(request));
                  boolean half = request.line().contains("half");
                  out.write(half ? new byte[] {(byte) 0x81, 9, 'h'} : new byte[] {(byte) 0x89, 0});
                  echo(socket.getInputStream(), out, socket);
                  socket.close();
                });
        TestProxy proxy = new TestProxy(backend);
        RawH2 client = client(proxy, false)) {
      open(client, 1);
      assertThat(take(client, 1, 2)).containsExactly(0x89, 0);
      client.headers(3, false, RawH2.webSocket("/half"));
      assertThat(take(client, 3, 3)).hasSize(3);
      client.headers(5, true, RawH2.get("/slow"));
      proxy.server.discourageReuse();
      assertThat(client.read(RawH2.GOAWAY).lastStream()).isEqualTo(Integer.MAX_VALUE);
      assertThat(client.read(RawH2.GOAWAY).lastStream()).isEqualTo(5);
      proxy.server.stopAccepting();
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      ends.add("idle " + proxy.server.awaitIdle(Duration.ofSeconds(20)));
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      // As long as there is a request, both go on.
      data(client, 1, false, "\u0081\u0005go on");
      assertThat(text(client, 1, 7)).endsWith("go on");
      slow.countDown();
      assertThat(text(client, 5, 4)).isEqualTo("page");
      boolean told = false;
      boolean cut = false;
      while (!told || !cut) {
        RawH2.Frame frame = client.read();
        if (frame.type() == RawH2.DATA && frame.stream() == 1) {
          assertThat(frame.payload()).isEqualTo(GOING_AWAY);
          assertThat(frame.isLast()).isTrue();
          told = true;
        } else if (frame.type() == RawH2.RST_STREAM && frame.stream() == 3) {
          // A frame of ours within one of the backend's would be read as part of it.
          assertThat(frame.code()).isEqualTo(CANCEL);
          cut = true;
        }
      }
      assertThat(end()).isEqualTo("idle true");
      waiting.join();
    }
  }
}
