package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.body.Coding;
import dev.lintel.proxy.body.CodingRule;
import dev.lintel.proxy.body.Compression;
import dev.lintel.proxy.body.ContentTypes;
import dev.lintel.proxy.route.RouteSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Responses that are slowed down, and those that are kept for slow clients.
@ExtendWith(LeakCheck.class)
class ResponsePaceIT {
  private static final int KILO = 1024;
  private static final double SECOND = 1e9;

  private final byte[] noise = new byte[1_000_000];
  private volatile String more = "";
  private Backend backend;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    new Random(3).nextBytes(noise);
    backend = new Backend(this::answer);
    proxy = new TestProxy(backend);
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    backend.close();
  }

  private void answer(Backend.Request request, Socket socket, OutputStream out) throws Exception {
    int length = Integer.parseInt(request.line().split(" ")[1].substring(1));
    out.write(
        Backend.bytes(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                + more
                + "Content-Length: "
                + length
                + "\r\n\r\n"));
    out.write(noise, 0, length);
  }

  private void apply(BodyRules rules) {
    proxy.settings = RouteSettings.DEFAULT.withBodies(rules);
    proxy.apply();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / SECOND;
  }

  private byte[] first(int length) {
    return Arrays.copyOf(noise, length);
  }

  @Test
  void aResponseTakesItsTimeAndOthersDoNot() throws Exception {
    apply(BodyRules.NONE.withRate(100 * KILO, 0));
    try (TestClient client = proxy.client();
        TestClient other = proxy.client()) {
      long start = System.nanoTime();
      client.send("GET /204800 HTTP/1.1\r\nHost: a.test\r\n\r\n");
      assertThat(other.get("/100").body()).isEqualTo(first(100));
      assertThat(seconds(start)).isLessThan(1.5);
      assertThat(client.read().body()).isEqualTo(first(200 * KILO));
      // A fifth of a second's worth may go ahead.
      assertThat(seconds(start)).isBetween(1.7, 8.0);
      assertThat(client.get("/10").body()).isEqualTo(first(10));
    }
    assertThat(backend.connections()).as("each was given back in order").isLessThanOrEqualTo(2);
  }

  @Test
  void whatIsFreeGoesAtOnce() throws Exception {
    apply(BodyRules.NONE.withRate(50 * KILO, 500 * KILO));
    try (TestClient client = proxy.client()) {
      long start = System.nanoTime();
      assertThat(client.get("/500000").body()).isEqualTo(first(500_000));
      assertThat(seconds(start)).isLessThan(5);
      start = System.nanoTime();
      assertThat(client.get("/600000").body()).isEqualTo(first(600_000));
      assertThat(seconds(start)).isBetween(1.4, 8.0);
    }
  }

  @Test
  void streamsOfHttp2HaveTheirPaceEach() throws Exception {
    apply(BodyRules.NONE.withRate(20 * KILO, 0));
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.window(0, 1_000_000);
      long start = System.nanoTime();
      ByteArrayOutputStream[] bodies = new ByteArrayOutputStream[6];
      for (int stream = 1; stream <= 5; stream += 2) {
        bodies[stream] = new ByteArrayOutputStream();
        client.headers(stream, true, RawH2.get("/40960"));
      }
      int open = 3;
      while (open > 0) {
        RawH2.Frame frame = client.read();
        if (frame.type() == RawH2.DATA) {
          bodies[frame.stream()].writeBytes(frame.payload());
          open -= frame.isLast() ? 1 : 0;
        }
      }
      assertThat(seconds(start)).isBetween(1.7, 8.0);
      for (int stream = 1; stream <= 5; stream += 2) {
        assertThat(bodies[stream].toByteArray()).isEqualTo(first(40 * KILO));
      }
    }
  }

  @Test
  void whatIsCompressedHasItsPaceAsItIsSent() throws Exception {
    Compression rule =
        new Compression(
            List.of(new CodingRule(Coding.GZIP, 1, 256, new ContentTypes(List.of()))), null);
    apply(BodyRules.NONE.withCompression(rule).withRate(100 * KILO, 0));
    try (TestClient client = proxy.client()) {
      long start = System.nanoTime();
      client.send("GET /204800 HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: gzip\r\n\r\n");
      byte[] body = client.read().body();
      assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
          .isEqualTo(first(200 * KILO));
      assertThat(seconds(start)).isBetween(1.7, 8.0);
    }
  }

  @Test
  void aClientThatLeavesAmidItsPaceLeavesNothingBehind() throws Exception {
    apply(BodyRules.NONE.withRate(10 * KILO, 0));
    for (int i = 0; i < 20; i++) {
      try (TestClient client = proxy.client()) {
        client.send("GET /900000 HTTP/1.1\r\nHost: a.test\r\n\r\n");
        client.raw(100);
      }
    }
    try (TestClient client = proxy.client()) {
      assertThat(client.get("/1000").body()).isEqualTo(first(1000));
    }
  }

  /// Whether the upstream gets its connection back while a client takes no more than a window of
  /// `length` bytes; then the client takes all.
  private boolean isFreed(int length) throws Exception {
    try (RawH2 client = new RawH2(proxy.server.httpPort());
        TestClient other = proxy.client()) {
      client.headers(1, true, RawH2.get("/" + length));
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      read(client, body, 65_535);
      Thread.sleep(300);
      int before = backend.connections();
      assertThat(other.get("/10").body()).isEqualTo(first(10));
      boolean freed = backend.connections() == before;
      client.window(0, length);
      client.window(1, length);
      read(client, body, length);
      assertThat(body.toByteArray()).isEqualTo(first(length));
      client.headers(3, true, RawH2.get("/10"));
      assertThat(client.read(RawH2.DATA).payload()).isEqualTo(first(10));
      return freed;
    }
  }

  private static void read(RawH2 client, ByteArrayOutputStream to, int length) throws Exception {
    while (to.size() < length) {
      to.writeBytes(client.read(RawH2.DATA).payload());
    }
  }

  /// More than waits in memory for any response.
  private static final int LONG = 900_000;

  @Test
  void aSlowClientHoldsTheUpstreamNoLongerThanTheBufferIsShort() throws Exception {
    apply(BodyRules.NONE.withHeldBytes(1024 * KILO));
    assertThat(isFreed(LONG)).isTrue();
  }

  @Test
  void withoutABufferItDoes() throws Exception {
    assertThat(isFreed(LONG)).isFalse();
  }

  @Test
  void anUpstreamMayWantNoBuffer() throws Exception {
    apply(BodyRules.NONE.withHeldBytes(1024 * KILO));
    more = "X-Accel-Buffering: no\r\n";
    assertThat(isFreed(LONG)).isFalse();
    try (TestClient client = proxy.client()) {
      assertThat(client.get("/10").head()).doesNotContain("X-Accel");
    }
  }

  @Test
  void allThatIsKeptTogetherHasABound() throws Exception {
    apply(BodyRules.NONE.withHeldBytes(1024 * KILO));
    List<AutoCloseable> open = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      RawH2 client = new RawH2(proxy.server.httpPort());
      open.add(client);
      client.headers(1, true, RawH2.get("/" + LONG));
      read(client, new ByteArrayOutputStream(), 65_535);
      // One after another: all at once, none would come to its end.
      Thread.sleep(60);
    }
    // A request takes the connection that the one before it is done with, and one of its own where
    // there is none: where that holds no more, since 16 MiB are kept already.
    assertThat(backend.connections()).isBetween(4, 20);
    for (AutoCloseable each : open) {
      each.close();
    }
  }
}
