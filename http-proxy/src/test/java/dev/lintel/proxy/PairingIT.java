package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP/1.1 and HTTP/2 on both sides, in all four pairings.
@ExtendWith(LeakCheck.class)
class PairingIT {
  private static final byte[] BODY = new byte[1_000_000];

  static {
    new Random(7).nextBytes(BODY);
  }

  private final CountDownLatch seen = new CountDownLatch(1);
  private AutoCloseable backend;
  private TestProxy proxy;

  private void start(int version) throws Exception {
    Endpoint endpoint;
    UpstreamSettings settings = UpstreamSettings.DEFAULT;
    if (version == 2) {
      H2Backend made = new H2Backend(this::answer);
      backend = made;
      endpoint = made.endpoint();
      settings = settings.over(H2Multiplexing.CLEAR);
    } else {
      Backend made = new Backend(this::answer);
      backend = made;
      endpoint = made.endpoint();
    }
    proxy = new TestProxy(settings);
    proxy.upstream.endpoints(new EndpointSet(List.of(endpoint), false));
    proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 0, 3, false, 0, true);
    proxy.apply();
  }

  @AfterEach
  void stop() throws Exception {
    seen.countDown();
    proxy.close();
    backend.close();
  }

  /// `/events` says one thing and the next once the first was seen; anything else is sent back,
  /// with trailers.
  private void answer(H2Backend.Stream stream) throws Exception {
    byte[] body = stream.body();
    stream.headers(false, ":status", "200", "content-type", "text/event-stream");
    if (stream.field(":path").equals("/events")) {
      stream.data(false, "data: 1\n\n");
      seen.await();
      stream.data(true, "data: 2\n\n");
    } else {
      stream.data(false, body);
      stream.headers(true, "x-sum", "a", "x-got", "" + (stream.trailers != null));
    }
  }

  private void answer(Backend.Request request, java.net.Socket socket, java.io.OutputStream out)
      throws Exception {
    out.write(
        Backend.bytes(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"));
    if (request.line().contains("/events")) {
      out.write(Backend.bytes("9\r\ndata: 1\n\n\r\n"));
      seen.await();
      out.write(Backend.bytes("9\r\ndata: 2\n\n\r\n0\r\n\r\n"));
    } else {
      out.write(Backend.bytes(Integer.toHexString(request.body().length) + "\r\n"));
      out.write(request.body());
      out.write(Backend.bytes("\r\n0\r\nX-Sum: a\r\nx-got:  false \r\nContent-Length: 3\r\n\r\n"));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2"})
  void aLargeBodyComesBackAndTrailersPass(int client, int upstream) throws Exception {
    start(upstream);
    boolean trailersPass = upstream == 2;
    for (int i = 0; i < 3; i++) {
      if (client == 1) {
        String all = throughHttp1();
        assertThat(all).contains("\r\n0\r\nx-sum: a\r\nx-got: " + trailersPass + "\r\n\r\n");
      } else {
        RawH2.Frame trailers = throughHttp2();
        assertThat(trailers.headers().get("x-sum").toString()).isEqualTo("a");
        assertThat(trailers.headers().get("x-got").toString()).isEqualTo("" + trailersPass);
        assertThat(trailers.headers().size()).isEqualTo(2);
      }
    }
  }

  private String throughHttp1() throws Exception {
    try (TestClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nConnection: TE, close\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(BODY.length)
              + "\r\n");
      Thread sender = Thread.ofVirtual().start(() -> send(client));
      byte[] all = client.raw(3_000_000);
      sender.join();
      String text = new String(all, StandardCharsets.ISO_8859_1);
      assertThat(unchunked(text.substring(text.indexOf("\r\n\r\n") + 4))).isEqualTo(BODY);
      return text;
    }
  }

  private static void send(TestClient client) {
    try {
      client.send(BODY);
      client.send("\r\n0\r\nX-Checksum: 42\r\n\r\n");
    } catch (IOException _) {
      // The assertion on what comes back tells.
    }
  }

  private static byte[] unchunked(String text) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = text.indexOf("\r\n", at);
      int size = Integer.parseInt(text.substring(at, end), 16);
      if (size == 0) {
        return body.toByteArray();
      }
      body.writeBytes(
          text.substring(end + 2, end + 2 + size).getBytes(StandardCharsets.ISO_8859_1));
      at = end + 2 + size + 2;
    }
  }

  private RawH2.Frame throughHttp2() throws Exception {
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, false, RawH2.post("/", "te", "trailers"));
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      int sent = 0;
      int window = 65_535;
      boolean ended = false;
      while (true) {
        while (sent < BODY.length && window > 0) {
          int size = Math.min(Math.min(16_384, window), BODY.length - sent);
          client.send(RawH2.DATA, 0, 1, java.util.Arrays.copyOfRange(BODY, sent, sent + size));
          sent += size;
          window -= size;
        }
        if (sent == BODY.length && !ended) {
          ended = true;
          client.headers(1, true, RawH2.fields("x-checksum", "42"));
        }
        RawH2.Frame frame = client.read();
        if (frame.type() == RawH2.WINDOW_UPDATE && frame.stream() == 1) {
          window += frame.code();
        } else if (frame.type() == RawH2.DATA) {
          body.writeBytes(frame.payload());
          if (frame.payload().length > 0) {
            client.window(0, frame.payload().length);
            client.window(1, frame.payload().length);
          }
        } else if (frame.type() == RawH2.HEADERS && frame.isLast()) {
          assertThat(body.toByteArray()).isEqualTo(BODY);
          return frame;
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2"})
  void eventsAreNotHeldBack(int client, int upstream) throws Exception {
    start(upstream);
    if (client == 1) {
      try (TestClient events = proxy.client()) {
        events.send("GET /events HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
        StringBuilder text = new StringBuilder();
        while (!text.toString().contains("data: 1\n\n")) {
          text.append(new String(events.raw(1), StandardCharsets.ISO_8859_1));
        }
        seen.countDown();
        text.append(new String(events.raw(10_000), StandardCharsets.ISO_8859_1));
        assertThat(text.toString()).contains("data: 2\n\n").endsWith("0\r\n\r\n");
      }
    } else {
      try (RawH2 events = new RawH2(proxy.server.httpPort())) {
        events.headers(1, true, RawH2.get("/events"));
        assertThat(events.read(RawH2.DATA).payload()).asString().isEqualTo("data: 1\n\n");
        seen.countDown();
        assertThat(events.read(RawH2.DATA).payload()).asString().isEqualTo("data: 2\n\n");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void aClientOfHttp1ThatAsksForNoTrailersGetsNone(int upstream) throws Exception {
    start(upstream);
    try (TestClient client = proxy.client()) {
      for (int i = 0; i < 2; i++) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nok");
        assertThat(client.read().text()).isEqualTo("ok");
      }
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
      assertThat(new String(client.raw(10_000), StandardCharsets.ISO_8859_1))
          .doesNotContain("x-sum")
          .endsWith("0\r\n\r\n");
    }
  }
}
