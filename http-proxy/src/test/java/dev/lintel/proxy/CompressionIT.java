package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.body.Coding;
import dev.lintel.proxy.body.CodingRule;
import dev.lintel.proxy.body.Compression;
import dev.lintel.proxy.body.ContentTypes;
import dev.lintel.proxy.body.Unpacked;
import dev.lintel.proxy.route.RouteSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Responses that are compressed on their way.
@ExtendWith(LeakCheck.class)
class CompressionIT {
  private static final String PAGE = "<p>the same and the same again</p>\n".repeat(4_000);
  private static final String ASKS = "Accept-Encoding: deflate, gzip\r\n";

  private final CountDownLatch release = new CountDownLatch(1);
  private Backend backend;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    backend = new Backend(this::answer);
    proxy = new TestProxy(backend);
    ContentTypes types = new ContentTypes(List.of("text/plain", "text/event-stream"));
    Compression rule =
        new Compression(
            Stream.of(Coding.values()).map(each -> new CodingRule(each, 1, 256, types)).toList(),
            null);
    proxy.settings = RouteSettings.DEFAULT.withBodies(BodyRules.NONE.withCompression(rule));
    proxy.apply();
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    proxy.close();
    backend.close();
  }

  private void answer(Backend.Request request, Socket socket, java.io.OutputStream out)
      throws Exception {
    String path = request.line().split(" ")[1];
    String html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
    switch (path) {
      case "/page" ->
          out.write(
              Backend.bytes(
                  html
                      + "ETag: \"one\"\r\nAccept-Ranges: bytes\r\nVary: Origin\r\nContent-Length: "
                      + PAGE.length()
                      + "\r\n\r\n"
                      + (request.line().startsWith("HEAD") ? "" : PAGE)));
      case "/short" -> out.write(Backend.bytes(html + "Content-Length: 5\r\n\r\nshort"));
      case "/chunks" -> {
        out.write(Backend.bytes(html + "Transfer-Encoding: chunked\r\n\r\n"));
        for (int at = 0; at < PAGE.length(); at += 10_000) {
          String piece = PAGE.substring(at, Math.min(PAGE.length(), at + 10_000));
          out.write(Backend.bytes(Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n"));
        }
        out.write(Backend.bytes("0\r\nX-Sum: 1\r\n\r\n"));
      }
      case "/events" -> {
        out.write(
            Backend.bytes(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n6\r\none\n\n\n\r\n"));
        release.await(10, TimeUnit.SECONDS);
        out.write(Backend.bytes("6\r\ntwo\n\n\n\r\n0\r\n\r\n"));
      }
      case "/cut" -> {
        out.write(Backend.bytes(html + "Content-Length: 100000\r\n\r\n" + PAGE.substring(0, 5000)));
        socket.close();
      }
      case "/random" -> {
        byte[] noise = new byte[3_000_000];
        new Random(1).nextBytes(noise);
        out.write(Backend.bytes(html + "Content-Length: " + noise.length + "\r\n\r\n"));
        out.write(noise);
      }
      default -> out.write(Backend.bytes(html + "Content-Length: 0\r\n\r\n"));
    }
  }

  private static void ask(TestClient client, String method, String path, String fields)
      throws IOException {
    client.send(method + " " + path + " HTTP/1.1\r\nHost: a.test\r\n" + fields + "\r\n");
  }

  private static String unpacked(byte[] body) throws IOException {
    return new String(
        new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(),
        StandardCharsets.ISO_8859_1);
  }

  @Test
  void aPageIsCompressedForWhoAsks() throws Exception {
    try (TestClient client = proxy.client()) {
      for (int i = 0; i < 3; i++) {
        ask(client, "GET", "/page", ASKS);
        TestClient.Response response = client.read();
        assertThat(response.field("Content-Encoding")).isEqualTo("gzip");
        assertThat(response.field("ETag")).isEqualTo("W/\"one\"");
        assertThat(response.head())
            .contains("Vary: Origin\r\n", "Vary: Accept-Encoding\r\n")
            .doesNotContain("Content-Length", "Accept-Ranges");
        assertThat(response.body().length).isLessThan(PAGE.length() / 10);
        assertThat(unpacked(response.body())).isEqualTo(PAGE);
      }
      assertThat(backend.connections()).isEqualTo(1);
    }
  }

  @Test
  void whoDoesNotAskGetsItAsItIsAndCachesAreTold() throws Exception {
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/page", "");
      TestClient.Response response = client.read();
      assertThat(response.text()).isEqualTo(PAGE);
      assertThat(response.field("ETag")).isEqualTo("\"one\"");
      assertThat(response.head())
          .contains("Vary: Accept-Encoding\r\n", "Accept-Ranges: bytes\r\n")
          .doesNotContain("Content-Encoding");
      client.send("GET /page HTTP/1.0\r\nHost: a.test\r\n" + ASKS + "\r\n");
      assertThat(client.read().text()).isEqualTo(PAGE);
    }
  }

  @Test
  void shortOnesAndHeadsStayAsTheyAre() throws Exception {
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/short", ASKS);
      assertThat(client.read().head()).doesNotContain("Content-Encoding", "Vary");
      ask(client, "HEAD", "/page", ASKS);
      assertThat(client.read(true).head())
          .contains("Content-Length: " + PAGE.length())
          .doesNotContain("Content-Encoding");
      ask(client, "GET", "/empty", ASKS);
      assertThat(client.read().head()).doesNotContain("Content-Encoding");
    }
  }

  @Test
  void chunksAndTrailersPass() throws Exception {
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/chunks", ASKS + "TE: trailers\r\n");
      TestClient.Response response = client.read();
      assertThat(unpacked(response.body())).isEqualTo(PAGE);
      ask(client, "GET", "/page", ASKS);
      assertThat(unpacked(client.read().body())).isEqualTo(PAGE);
    }
  }

  @Test
  void whatCannotBeMadeShorterArrivesWholeAsWell() throws Exception {
    byte[] noise = new byte[3_000_000];
    new Random(1).nextBytes(noise);
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/random", ASKS);
      byte[] body = client.read().body();
      assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
          .isEqualTo(noise);
    }
  }

  @Test
  void anEventIsSeenBeforeTheNextOneComes() throws Exception {
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/events", ASKS);
      String head = Backend.HttpText.head(client.socket.getInputStream());
      assertThat(head).contains("Content-Encoding: gzip");
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      readChunk(client, packed);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())).readNBytes(6))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("one\n\n\n");
      release.countDown();
      while (readChunk(client, packed) > 0) {
        // To the end.
      }
      assertThat(unpacked(packed.toByteArray())).isEqualTo("one\n\n\ntwo\n\n\n");
    }
  }

  private static int readChunk(TestClient client, ByteArrayOutputStream to) throws IOException {
    StringBuilder line = new StringBuilder();
    int b;
    while ((b = client.socket.getInputStream().read()) != '\n') {
      line.append((char) b);
    }
    int size = Integer.parseInt(line.toString().strip(), 16);
    to.write(client.socket.getInputStream().readNBytes(size));
    client.socket.getInputStream().readNBytes(2);
    return size;
  }

  @Test
  void aResponseThatBreaksOffIsSeenToBreakOff() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (TestClient client = proxy.client()) {
        ask(client, "GET", "/cut", ASKS);
        assertThat(client.isClosedInOrder()).isFalse();
      } catch (IOException e) {
        // Reset amid the response: that is what it is about.
      }
    }
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/page", ASKS);
      assertThat(unpacked(client.read().body())).isEqualTo(PAGE);
    }
  }

  @Test
  void aClientThatLeavesCostsNothing() throws Exception {
    for (int i = 0; i < 200; i++) {
      try (TestClient client = proxy.client()) {
        ask(client, "GET", "/random", ASKS);
        client.raw(1_000);
      }
    }
    // More of them than are compressed at a time: all were given back.
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/page", ASKS);
      assertThat(client.read().field("Content-Encoding")).isEqualTo("gzip");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BROTLI", "ZSTD"})
  void otherCodingsDoAsGzip(Coding coding) throws Exception {
    String name = coding == Coding.BROTLI ? "br" : "zstd";
    String asks = "Accept-Encoding: gzip;q=0.9, " + name + "\r\n";
    try (TestClient client = proxy.client()) {
      for (String path : List.of("/page", "/chunks", "/page")) {
        ask(client, "GET", path, asks);
        TestClient.Response response = client.read();
        assertThat(response.field("Content-Encoding")).isEqualTo(name);
        assertThat(response.field("ETag")).isEqualTo(path.equals("/page") ? "W/\"one\"" : null);
        assertThat(response.head()).contains("Vary: Accept-Encoding\r\n");
        Unpacked unpacked = Unpacked.of(coding, response.body());
        assertThat(unpacked.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo(PAGE);
        assertThat(unpacked.isWhole()).isTrue();
      }
      ask(client, "GET", "/events", asks);
      assertThat(Backend.HttpText.head(client.socket.getInputStream()))
          .contains("Content-Encoding: " + name);
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      readChunk(client, packed);
      assertThat(Unpacked.of(coding, packed.toByteArray()).bytes())
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("one\n\n\n");
      release.countDown();
      while (readChunk(client, packed) > 0) {
        // To the end.
      }
      assertThat(Unpacked.of(coding, packed.toByteArray()).bytes())
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("one\n\n\ntwo\n\n\n");
    }
    // More clients that leave than bodies are compressed at a time: all were given back.
    for (int i = 0; i < 50; i++) {
      try (TestClient client = proxy.client()) {
        ask(client, "GET", "/random", asks);
        client.raw(1_000);
      }
    }
    try (TestClient client = proxy.client()) {
      ask(client, "GET", "/page", asks);
      assertThat(client.read().field("Content-Encoding")).isEqualTo(name);
    }
  }

  @Test
  void streamsOfHttp2AreCompressedEachForItself() throws Exception {
    try (RawH2 client =
        new RawH2(
            new Socket(InetAddress.getLoopbackAddress(), proxy.server.httpPort()), new byte[0])) {
      for (int stream = 1; stream <= 9; stream += 2) {
        client.send(
            RawH2.HEADERS,
            RawH2.END_HEADERS | RawH2.END_STREAM,
            stream,
            RawH2.get(stream == 3 ? "/page" : "/chunks", "accept-encoding", "gzip"));
      }
      ByteArrayOutputStream[] bodies = new ByteArrayOutputStream[10];
      int open = 5;
      while (open > 0) {
        RawH2.Frame frame = client.read();
        if (frame.type() == RawH2.HEADERS
            && frame.headers() != null
            && frame.headers().status() != null) {
          assertThat(frame.headers().get("content-encoding")).hasToString("gzip");
          assertThat(frame.headers().contains("content-length")).isFalse();
          bodies[frame.stream()] = new ByteArrayOutputStream();
        } else if (frame.type() == RawH2.DATA) {
          bodies[frame.stream()].writeBytes(frame.payload());
        }
        if ((frame.type() == RawH2.DATA || frame.type() == RawH2.HEADERS) && frame.isLast()) {
          open--;
          assertThat(unpacked(bodies[frame.stream()].toByteArray())).isEqualTo(PAGE);
        }
      }
    }
  }
}
