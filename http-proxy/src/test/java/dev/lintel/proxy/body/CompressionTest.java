package dev.lintel.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.Slice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which responses are compressed, and how.
class CompressionTest {
  private static final Compression RULE =
      new Compression(
          1,
          256,
          new ContentTypes(List.of("application/json", "Text/CSS")),
          CompressionTest::isOld);

  private final Slice scratch = new Slice();

  private static boolean isOld(Slice agent) {
    return agent.toString().contains("Old");
  }

  private boolean isWanted(String... fields) {
    byte[] in =
        ("GET / HTTP/1.1\r\nHost: a.test\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    RequestHead head = new RequestHead();
    assertThat(RequestScanner.scan(in, 0, in.length, head, false)).isEqualTo(ScanResult.COMPLETE);
    return RULE.isWanted(head, scratch);
  }

  private static ResponseHead response(String start, String... fields) {
    byte[] in =
        ("HTTP/1.1 " + start + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    ResponseHead head = new ResponseHead();
    assertThat(ResponseScanner.scan(in, 0, in.length, head, false)).isEqualTo(ScanResult.COMPLETE);
    return head;
  }

  private boolean concerns(String start, String... fields) {
    return RULE.concerns(response(start, fields), scratch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "GZip",
        "br, gzip",
        "br;q=1.0,\tgzip ; q=0.001 , *;q=0",
        "gzip;Q=1",
        "deflate, gzip;q=1.000"
      })
  void whoNamesTheCodingGetsIt(String accept) {
    assertThat(isWanted("Accept-Encoding: " + accept)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "br",
        "*",
        "gzip;q=0",
        "gzip; q=0.000",
        "gzip;q=",
        "gzip;q=high",
        "gzip;x=1",
        "gzip;q=1 0",
        "xgzip",
        "gzipx, x-gzip",
        "identity"
      })
  void whoDoesNotGetsTheResponseAsItIs(String accept) {
    assertThat(isWanted("Accept-Encoding: " + accept)).isFalse();
  }

  @Test
  void thereMayBeSeveralFieldsOrNone() {
    assertThat(isWanted("Accept-Encoding: br", "Accept-Encoding: gzip")).isTrue();
    assertThat(isWanted("Accept: gzip")).isFalse();
  }

  @Test
  void someClientsAreLeftOut() {
    assertThat(isWanted("Accept-Encoding: gzip", "User-Agent: New/1")).isTrue();
    assertThat(isWanted("Accept-Encoding: gzip", "User-Agent: Old/1")).isFalse();
  }

  @Test
  void typeStatusAndLengthDecide() {
    String json = "Content-Type: application/json";
    assertThat(concerns("200 OK", json, "Content-Length: 256")).isTrue();
    assertThat(concerns("200 OK", json, "Content-Length: 255")).isFalse();
    assertThat(concerns("200 OK", json, "Transfer-Encoding: chunked")).isTrue();
    assertThat(concerns("403 No", json, "Transfer-Encoding: chunked")).isTrue();
    assertThat(concerns("404 No", json, "Transfer-Encoding: chunked")).isTrue();
    assertThat(concerns("201 OK", json, "Transfer-Encoding: chunked")).isFalse();
    assertThat(concerns("206 OK", json, "Transfer-Encoding: chunked")).isFalse();
    assertThat(concerns("500 No", json, "Transfer-Encoding: chunked")).isFalse();
    assertThat(concerns("200 OK", "Content-Type: text/HTML; charset=utf-8")).isTrue();
    assertThat(concerns("200 OK", "Content-Type: text/css")).isTrue();
    assertThat(concerns("200 OK", "Content-Type: text/cssx")).isFalse();
    assertThat(concerns("200 OK", "Content-Type: image/png")).isFalse();
    assertThat(concerns("200 OK", "X: y")).isFalse();
  }

  @Test
  void whatHasACodingOrMustStayAsItIsStaysAsItIs() {
    String html = "Content-Type: text/html";
    assertThat(concerns("200 OK", html, "Content-Encoding: br")).isFalse();
    assertThat(concerns("200 OK", html, "Content-Encoding:")).isTrue();
    assertThat(concerns("200 OK", html, "Content-Range: bytes 0-1/2")).isFalse();
    assertThat(concerns("200 OK", html, "Cache-Control: private, No-Transform")).isFalse();
    assertThat(concerns("200 OK", html, "Cache-Control: private, no-transformx")).isTrue();
  }

  @Test
  void allTypesAreNoStreamsOfEventsAndNoCalls() {
    Compression all = new Compression(1, 0, new ContentTypes(List.of("*")), null);
    assertThat(all.concerns(response("200 OK", "Content-Type: image/png"), scratch)).isTrue();
    assertThat(all.concerns(response("200 OK", "Content-Type: text/event-stream"), scratch))
        .isFalse();
    assertThat(all.concerns(response("200 OK", "Content-Type: application/grpc+proto"), scratch))
        .isFalse();
    Compression named = new Compression(1, 0, new ContentTypes(List.of("text/event-stream")), null);
    assertThat(named.concerns(response("200 OK", "Content-Type: text/event-stream"), scratch))
        .isTrue();
  }

  @Test
  void whatIsUnpackedIsWhatWasPackedWhateverThePieces() throws IOException {
    Random random = new Random(7);
    Encoders encoders = new Encoders();
    for (int round = 0; round < 50; round++) {
      int level = 1 + random.nextInt(9);
      GzipEncoder encoder = encoders.take(level);
      ByteBuf out = Unpooled.directBuffer(16);
      StringBuilder all = new StringBuilder();
      int pieces = random.nextInt(6);
      for (int i = 0; i < pieces; i++) {
        String piece =
            "piece %d of %d, ".formatted(i, random.nextInt()).repeat(random.nextInt(3000));
        all.append(piece);
        encoder.write(Unpooled.copiedBuffer(piece, StandardCharsets.US_ASCII), out);
        if (random.nextBoolean()) {
          encoder.flush(out);
          assertThat(unpackedSoFar(out, all.length())).isEqualTo(all.toString());
        }
      }
      encoder.finish(out);
      encoders.giveBack(encoder);
      byte[] packed = new byte[out.readableBytes()];
      out.readBytes(packed);
      out.release();
      byte[] unpacked = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
      assertThat(new String(unpacked, StandardCharsets.US_ASCII)).isEqualTo(all.toString());
    }
    assertThat(encoders.used()).isZero();
  }

  private static String unpackedSoFar(ByteBuf out, int length) throws IOException {
    byte[] packed = new byte[out.readableBytes()];
    out.getBytes(out.readerIndex(), packed);
    if (length == 0) {
      return "";
    }
    byte[] bytes = new GZIPInputStream(new ByteArrayInputStream(packed)).readNBytes(length);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  void noMoreBodiesThanMemoryIsMeantForAreCompressedAtATime() {
    Encoders encoders = new Encoders();
    List<GzipEncoder> taken = new ArrayList<>();
    for (int i = 0; i < Encoders.MOST; i++) {
      taken.add(encoders.take(1));
    }
    assertThat(taken).doesNotContainNull();
    assertThat(encoders.take(1)).isNull();
    encoders.giveBack(taken.getFirst());
    assertThat(encoders.take(1)).isNotNull();
  }
}
