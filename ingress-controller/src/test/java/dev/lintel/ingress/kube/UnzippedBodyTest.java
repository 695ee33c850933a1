package dev.lintel.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Packed responses, over a socket and the JDK's client.
class UnzippedBodyTest {
  private static final int LENGTH = 300_000;
  private static final int HEADER = 10;

  private final HttpClient client =
      new ApiHttpClient.Builder(HttpClient.newBuilder(), listener -> listener).build();
  private HttpServer server;
  private byte[] answer = new byte[0];
  private String encoding = "gzip";
  private String accepted = "";
  private int step = Integer.MAX_VALUE;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
          exchange.getResponseHeaders().set("Content-Encoding", encoding);
          exchange.sendResponseHeaders(200, answer.length);
          try (OutputStream out = exchange.getResponseBody()) {
            for (int at = 0; at < answer.length; at += step) {
              out.write(answer, at, Math.min(step, answer.length - at));
              out.flush();
            }
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    client.close();
  }

  @Test
  void aPackedBodyArrivesUnpacked() throws Exception {
    byte[] text = text();
    answer = zip(text);
    assertThat(answer.length).isLessThan(text.length / 2);
    assertThat(get()).isEqualTo(text);
    assertThat(accepted).isEqualTo("gzip");
  }

  @Test
  void aPlainBodyArrivesAsItIs() throws Exception {
    encoding = "identity";
    answer = text();
    assertThat(get()).isEqualTo(answer);
  }

  @Test
  void everyPartOfTheHeaderIsPassedOverByteByByte() throws Exception {
    byte[] text = "short".getBytes(StandardCharsets.US_ASCII);
    byte[] plain = zip(text);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    byte[] header = Arrays.copyOf(plain, HEADER);
    header[3] = 0x1e;
    whole.write(header);
    whole.write(new byte[] {3, 0, 'a', 0, 'c'});
    whole.write("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
    CRC32 sum = new CRC32();
    sum.update(whole.toByteArray());
    whole.write((int) sum.getValue());
    whole.write((int) (sum.getValue() >> 8));
    whole.write(plain, HEADER, plain.length - HEADER);
    answer = whole.toByteArray();
    step = 1;
    assertThat(get()).isEqualTo(text);
  }

  @Test
  void whatEndsEarlyOrIsNoGzipIsAnErrorAndNeverAHalfBody() {
    byte[] whole = zip(text());
    answer = Arrays.copyOf(whole, whole.length / 2);
    assertThatThrownBy(this::get).hasStackTraceContaining("ends early");
    answer = text();
    assertThatThrownBy(this::get).hasStackTraceContaining("Content-Encoding");
    answer = whole.clone();
    Arrays.fill(answer, HEADER, HEADER + 8, (byte) 0xff);
    assertThatThrownBy(this::get).isInstanceOf(IOException.class);
  }

  private byte[] get() throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    return client
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  private static byte[] text() {
    byte[] text = new byte[LENGTH];
    Random random = new Random(1);
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + random.nextInt(4));
    }
    return text;
  }

  private static byte[] zip(byte[] text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return packed.toByteArray();
  }
}
