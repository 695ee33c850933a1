package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.FieldNames;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Clients that are never silent for long and never done either: each is cut for its pace, and who
/// is slow for another's sake is not. The limits are those of the product with shorter windows.
@ExtendWith(LeakCheck.class)
@Execution(ExecutionMode.CONCURRENT)
class PaceSlowIT {
  private static final int WINDOW_MILLIS = 1_200;
  private static final int GRACE_MILLIS = 200;

  /// Too little in a window: 288 bytes are wanted.
  private static final int DRIP_MILLIS = 20;

  private static final int LARGE = 20_000_000;
  private static final int SMALL_BUFFER = 4 * 1024;

  /// Whoever takes nothing is seen when the kernel's buffer is full: how fast it fills is the
  /// kernel's affair (with BBR a receiver that reads by fits and starts gets little at a time).
  private static final int MOST_SECONDS = 60;

  private final CountDownLatch release = new CountDownLatch(1);
  private Backend backend;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    backend = new Backend(this::answer);
    proxy = new TestProxy(backend);
    proxy.proxySettings =
        new ProxySettings(
            10_000,
            60_000,
            WINDOW_MILLIS,
            75_000,
            1_000,
            10_000,
            FieldNames.PLAIN,
            new Pace(240, GRACE_MILLIS, WINDOW_MILLIS),
            0,
            true,
            null,
            false);
    proxy.apply();
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    for (int i = 0; i < 500 && proxy.server.connections() > 0; i++) {
      Thread.sleep(10);
    }
    proxy.close();
    backend.close();
  }

  private void answer(Backend.Request request, Socket socket, OutputStream out) throws Exception {
    String path = request.line().split(" ")[1];
    if (path.startsWith("/large")) {
      out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n"));
      out.write(new byte[LARGE]);
    } else if (path.startsWith("/events")) {
      out.write(
          Backend.bytes(
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n"));
      byte[] chunk = Backend.bytes("4000\r\n" + "x".repeat(0x4000) + "\r\n");
      for (int i = 0; i < LARGE / 0x4000; i++) {
        out.write(chunk);
      }
      out.write(Backend.bytes("0\r\n\r\n"));
    } else if (path.startsWith("/socket")) {
      out.write(
          Backend.bytes(
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  + "Connection: Upgrade\r\n\r\n"));
      out.write(new byte[LARGE / 2]);
      out.write(socket.getInputStream().read());
    } else {
      out.write(Backend.ok(Integer.toString(request.body().length)));
    }
  }

  private long counted(String reason) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    proxy.server.metrics().write(page);
    Matcher found =
        Pattern.compile("lintel_failures_total\\{reason=\"" + reason + "\"[^}]*} ([0-9.]+)")
            .matcher(page.toString(StandardCharsets.UTF_8));
    return found.find() ? (long) Double.parseDouble(found.group(1)) : 0;
  }

  /// Sends bytes one by one until that fails or `most` are sent; returns how many.
  private static int drip(TestClient client, int most, String piece) throws Exception {
    int sent = 0;
    try {
      while (sent < most && client.socket.getInputStream().available() == 0) {
        client.send(piece);
        sent++;
        Thread.sleep(DRIP_MILLIS);
      }
    } catch (IOException _) {
      // Cut.
    }
    return sent;
  }

  // ------------------------------------------------------------------ uploads

  @Test
  void aBodyOfHttp1ThatDripsIsRefused() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5000\r\n\r\n");
      int sent = drip(client, 5_000, "a");
      TestClient.Response refused = client.read();
      assertThat(refused.status()).isEqualTo(408);
      assertThat(refused.has("connection: close")).isTrue();
      // Not before a grace and a window are over.
      assertThat(sent).isBetween(20, 200);
    }
    assertThat(counted("body-too-slow")).isEqualTo(1);
    assertThat(backend.requests).isEmpty();
  }

  @Test
  void aGoodBeginDoesNotBuyTimeForEver() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 50000\r\n\r\n");
      client.send(new byte[40_000]);
      drip(client, 5_000, "a");
      assertThat(client.read().status()).isEqualTo(408);
    }
    assertThat(counted("body-too-slow")).isEqualTo(1);
  }

  @Test
  void aBodyOfHttp1ThatIsFastEnoughMayTakeItsTime() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2000\r\n\r\n");
      assertThat(drip(client, 200, "abcdefghij")).isEqualTo(200);
      assertThat(client.read().text()).isEqualTo("2000");
    }
    assertThat(counted("body-too-slow")).isZero();
  }

  @Test
  void aChunkedBodyMayDrip() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      assertThat(drip(client, 150, "1\r\na\r\n")).isEqualTo(150);
      client.send("0\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("150");
    }
    assertThat(counted("body-too-slow")).isZero();
  }

  @Test
  void aChunkedBodyMayNotDripWhereSomethingIsScarce() throws Exception {
    ProxySettings settings = proxy.proxySettings;
    proxy.close();
    proxy = new TestProxy(1, 20, backend);
    proxy.proxySettings = settings;
    proxy.apply();
    List<TestClient> others = new ArrayList<>();
    try (TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      long begin = System.nanoTime();
      assertThat(drip(client, 2 * WINDOW_MILLIS / DRIP_MILLIS, "1\r\na\r\n"))
          .isEqualTo(2 * WINDOW_MILLIS / DRIP_MILLIS);
      for (int i = 0; i < 17; i++) {
        TestClient other = proxy.client();
        others.add(other);
        assertThat(other.get("/").status()).isEqualTo(200);
      }
      drip(client, 500, "1\r\na\r\n");
      assertThat(client.read().status()).isEqualTo(408);
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
          .isGreaterThan(2L * WINDOW_MILLIS);
      assertThat(counted("body-too-slow")).isEqualTo(1);
    } finally {
      for (TestClient other : others) {
        other.close();
      }
    }
  }

  @Test
  void aBodyOfHttp2ThatDripsIsRefused() throws Exception {
    try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
      raw.headers(1, false, RawH2.post("/", "content-length", "5000"));
      raw.headers(3, false, RawH2.post("/"));
      RawH2.Frame frame = null;
      int sent = 0;
      while (frame == null || frame.type() != RawH2.HEADERS) {
        raw.send(RawH2.DATA, 0, 1, new byte[] {'a'});
        raw.send(RawH2.DATA, 0, 3, new byte[] {'a'});
        sent++;
        frame = raw.readWithin(DRIP_MILLIS);
      }
      assertThat(frame.stream()).isEqualTo(1);
      assertThat(frame.headers().status()).hasToString("408");
      assertThat(sent).isBetween(20, 200);
      // The one without a length goes on.
      raw.send(RawH2.DATA, RawH2.END_STREAM, 3, new byte[] {'a'});
      frame = raw.read(RawH2.HEADERS);
      assertThat(frame.stream()).isEqualTo(3);
      assertThat(frame.headers().status()).hasToString("200");
    }
    assertThat(counted("body-too-slow")).isEqualTo(1);
  }

  @Test
  void aClientThatMayNotSendIsNotSlow() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    try (SlowServer upstream = new SlowServer(taken)) {
      proxy.upstream.endpoints(new EndpointSet(List.of(upstream.endpoint()), false));
      proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 0, 3, false, 0, true);
      proxy.apply();
      int length = 30_000_000;
      try (TestClient client = proxy.client()) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + length + "\r\n\r\n");
        Thread sender =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        client.send(new byte[length]);
                      } catch (IOException _) {
                        // Seen below.
                      }
                    });
        Thread.sleep(3L * (GRACE_MILLIS + WINDOW_MILLIS));
        assertThat(counted("body-too-slow")).isZero();
        taken.countDown();
        assertThat(client.read().text()).isEqualTo("done");
        sender.join();
      }
    }
  }

  @Test
  void aStreamWhoseWindowIsClosedIsNotSlow() throws Exception {
    ProxySettings settings = proxy.proxySettings;
    proxy.close();
    try (H2Backend upstream = new H2Backend(_ -> release.await())) {
      upstream.takes = false;
      proxy = new TestProxy(UpstreamSettings.DEFAULT.over(H2Multiplexing.CLEAR));
      proxy.upstream.endpoints(new EndpointSet(List.of(upstream.endpoint()), false));
      proxy.proxySettings = settings;
      proxy.apply();
      try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
        raw.headers(1, false, RawH2.post("/", "content-length", "1000000"));
        assertThat(fill(raw)).as("windows without a byte of room").isGreaterThanOrEqualTo(3);
      }
      assertThat(counted("body-too-slow")).isZero();
    }
  }

  /// Sends on stream 1 what its window takes, to the last byte: from then on it is not the client's
  /// turn. Returns after how many times the longest wait nothing more came, be it room or an end.
  private static int fill(RawH2 raw) throws IOException {
    int window = 65_535;
    int quiet = 0;
    while (quiet < 3) {
      while (window > 0) {
        int piece = Math.min(window, 16_384);
        raw.send(RawH2.DATA, 0, 1, new byte[piece]);
        window -= piece;
      }
      RawH2.Frame frame = raw.readWithin(GRACE_MILLIS + WINDOW_MILLIS);
      quiet = frame == null ? quiet + 1 : 0;
      if (frame != null && frame.stream() == 1) {
        if (frame.type() != RawH2.WINDOW_UPDATE) {
          return quiet;
        }
        window += ByteBuffer.wrap(frame.payload()).getInt();
      }
    }
    return quiet;
  }

  // ------------------------------------------------------------------ responses

  private TestClient narrow() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SMALL_BUFFER);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.server.httpPort()));
    return new TestClient(socket);
  }

  @Test
  void aResponseOfHttp1ThatNobodyTakesIsCut() throws Exception {
    // One after another: the first one leaves the timers of the loop as they were.
    for (int i = 1; i <= 3; i++) {
      try (TestClient client = narrow()) {
        client.send("GET /large HTTP/1.1\r\nHost: a.test\r\n\r\n");
        settle("client-stalled", i);
      }
    }
  }

  /// The kernel holds megabytes for a slow reader: what counts is what arrives.
  @Test
  void whoTakesAResponseOfHttp1SteadilyIsNotCut() throws Exception {
    try (TestClient client = narrow()) {
      client.send("GET /large HTTP/1.1\r\nHost: a.test\r\n\r\n");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (System.nanoTime() < end) {
        assertThat(client.raw(1_000)).hasSize(1_000);
        Thread.sleep(DRIP_MILLIS);
      }
      assertThat(counted("client-stalled")).isZero();
    }
  }

  @Test
  void anEventStreamThatIsTakenSlowlyGoesOn() throws Exception {
    proxy.proxySettings =
        new ProxySettings(
            10_000,
            60_000,
            WINDOW_MILLIS,
            75_000,
            1_000,
            10_000,
            FieldNames.PLAIN,
            new Pace(10_000_000, GRACE_MILLIS, WINDOW_MILLIS),
            0,
            true,
            null,
            false);
    proxy.apply();
    try (TestClient client = narrow();
        TestClient other = narrow()) {
      client.send("GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n");
      other.send("GET /large HTTP/1.1\r\nHost: a.test\r\n\r\n");
      long begin = System.nanoTime();
      long passed = 0;
      boolean cut = false;
      while (passed < 4 || !cut && passed < MOST_SECONDS) {
        assertThat(client.raw(1_000)).hasSize(1_000);
        cut = cut || !takes(other);
        Thread.sleep(DRIP_MILLIS);
        passed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
      }
      // By the same pace, which no event stream has to keep.
      assertThat(cut).isTrue();
      assertThat(counted("client-stalled")).isEqualTo(1);
    }
  }

  private static boolean takes(TestClient client) {
    try {
      return client.raw(1_000).length == 1_000;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void aTunnelThatStalledOnceLivesOn() throws Exception {
    try (TestClient client = narrow()) {
      client.send(
          "GET /socket HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\n"
              + "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              + "Sec-WebSocket-Version: 13\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(101);
      Thread.sleep(WINDOW_MILLIS / 2);
      assertThat(client.raw(LARGE / 2)).hasSize(LARGE / 2);
      Thread.sleep(3L * WINDOW_MILLIS);
      client.send("x");
      assertThat(client.raw(1)).isEqualTo(Backend.bytes("x"));
    }
    assertThat(counted("client-stalled")).isZero();
  }

  @Test
  void aTunnelThatNobodyTakesIsCut() throws Exception {
    try (TestClient client = narrow()) {
      client.send(
          "GET /socket HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\n"
              + "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              + "Sec-WebSocket-Version: 13\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(101);
      settle("client-stalled", 1);
    }
  }

  /// Its last response is on its way when the connection is closed behind it.
  @Test
  void whoTakesTheLastResponseSlowlyGetsAllOfIt() throws Exception {
    try (TestClient client = narrow()) {
      client.send("GET /large HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
      int left = LARGE;
      assertThat(Backend.HttpText.head(client.socket.getInputStream())).startsWith("HTTP/1.1 200");
      // All but what no watermark holds back any more.
      left -= client.raw(LARGE - 100_000).length;
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(7L * WINDOW_MILLIS);
      while (System.nanoTime() < end) {
        left -= client.raw(100).length;
        Thread.sleep(DRIP_MILLIS);
      }
      assertThat(client.raw(left)).hasSize(left);
      assertThat(client.isClosedInOrder()).isTrue();
    }
  }

  private void settle(String reason, long count) throws Exception {
    for (int i = 0; i < 100 * MOST_SECONDS && counted(reason) < count; i++) {
      Thread.sleep(10);
    }
    assertThat(counted(reason)).isEqualTo(count);
  }

  /// Takes nothing of a request until it is told to, then all of it.
  private static final class SlowServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket();

    SlowServer(CountDownLatch begin) throws IOException {
      listener.setReceiveBufferSize(SMALL_BUFFER);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = listener.accept()) {
                  begin.await();
                  String head = Backend.HttpText.head(socket.getInputStream());
                  Backend.HttpText.body(socket.getInputStream(), head, true);
                  socket.getOutputStream().write(Backend.ok("done"));
                  socket.getInputStream().read();
                } catch (Exception _) {
                  // The test is over.
                }
              });
    }

    Endpoint endpoint() {
      return new Endpoint(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
