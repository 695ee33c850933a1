package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What gRPC's own client would hide: deadlines that the proxy keeps, and gRPC-Web.
@ExtendWith(LeakCheck.class)
class GrpcFramesIT {
  private H2Backend backend;
  private TestProxy proxy;

  private void start(H2Backend.Script script) throws Exception {
    backend = new H2Backend(script);
    proxy = new TestProxy(UpstreamSettings.DEFAULT.over(H2Multiplexing.CLEAR));
    proxy.upstream.endpoints(new EndpointSet(List.of(backend.endpoint()), false));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    backend.close();
  }

  private static byte[] call(String... more) {
    String[] fields = Arrays.copyOf(more, more.length + 2);
    fields[more.length] = "te";
    fields[more.length + 1] = "trailers";
    return RawH2.post("/test.Echo/unary", fields);
  }

  private void resetSeen() throws Exception {
    for (int i = 0; i < 1_000 && backend.streams.get(0).reset < 0; i++) {
      Thread.sleep(5);
    }
    assertThat(backend.streams.get(0).reset).isEqualTo((int) Http2Error.CANCEL.code());
  }

  @Test
  void aDeadlineEndsACallWithoutAnAnswer() throws Exception {
    start(_ -> {});
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(
          1, true, call("content-type", "application/grpc+proto", "grpc-timeout", "200m"));
      RawH2.Frame answer = client.read(RawH2.HEADERS);
      assertThat(answer.isLast()).isTrue();
      assertThat(answer.headers().status().toString()).isEqualTo("200");
      assertThat(answer.headers().get("grpc-status").toString()).isEqualTo("4");
      assertThat(answer.headers().get("content-type").toString())
          .isEqualTo("application/grpc+proto");
      resetSeen();
      assertThat(backend.streams.get(0).field("grpc-timeout")).isEqualTo("200m");
    }
  }

  @Test
  void aDeadlineEndsAnAnswerThatHasBegun() throws Exception {
    start(
        stream -> {
          stream.headers(false, ":status", "200", "content-type", "application/grpc");
          stream.data(false, "first");
        });
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, true, call("content-type", "application/grpc", "grpc-timeout", "300000u"));
      assertThat(client.read(RawH2.HEADERS).isLast()).isFalse();
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("first");
      RawH2.Frame end = client.read(RawH2.HEADERS);
      assertThat(end.isLast()).isTrue();
      assertThat(end.headers().get("grpc-status").toString()).isEqualTo("4");
      resetSeen();
    }
  }

  @Test
  void aServerThatGivesUpAtTheDeadlineFirstChangesNothing() throws Exception {
    start(
        stream -> {
          Thread.sleep(5);
          stream.reset((int) Http2Error.CANCEL.code());
        });
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      for (int i = 0; i < 10; i++) {
        client.headers(
            2 * i + 1, true, call("content-type", "application/grpc", "grpc-timeout", "3m"));
        RawH2.Frame answer = client.read(RawH2.HEADERS);
        assertThat(answer.headers().get("grpc-status").toString()).isEqualTo("4");
      }
    }
  }

  @Test
  void aServerThatGivesUpBeforeTheDeadlineIsUnavailable() throws Exception {
    start(stream -> stream.reset((int) Http2Error.CANCEL.code()));
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, true, call("content-type", "application/grpc", "grpc-timeout", "1H"));
      RawH2.Frame answer = client.read(RawH2.HEADERS);
      assertThat(answer.headers().get("grpc-status").toString()).isEqualTo("14");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "1x", "-5m", "123456789S", "1 S"})
  void aTimeoutThatIsNoneIsOverlooked(String timeout) throws Exception {
    start(stream -> stream.ok("fine"));
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, true, call("content-type", "application/grpc", "grpc-timeout", timeout));
      assertThat(client.read(RawH2.HEADERS).headers().get("grpc-status")).isNull();
      assertThat(client.read(RawH2.DATA).payload()).asString().isEqualTo("fine");
    }
  }

  @Test
  void otherRequestsAreRefusedWithPages() throws Exception {
    start(_ -> {});
    proxy.upstream.endpoints(EndpointSet.EMPTY);
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, true, call("content-type", "application/grpcx"));
      assertThat(client.read(RawH2.HEADERS).headers().status().toString()).isEqualTo("503");
      client.headers(3, true, call("content-type", "application/grpc"));
      RawH2.Frame answer = client.read(RawH2.HEADERS);
      assertThat(answer.headers().get("grpc-status").toString()).isEqualTo("14");
    }
  }

  // ------------------------------------------------------------------ gRPC-Web

  private static byte[] frame(int flag, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(5 + bytes.length)
        .put((byte) flag)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  private void bridged() throws Exception {
    start(
        stream -> {
          byte[] body = stream.body();
          stream.headers(false, ":status", "200", "content-type", "application/grpc+proto");
          stream.data(false, body);
          stream.headers(true, "grpc-status", "0", "grpc-message", "fine");
        });
    proxy.requestFilters.add(
        exchange -> {
          exchange.bridgeGrpcWeb();
          return Verdict.CONTINUE;
        });
    proxy.apply();
  }

  private static final String TRAILERS = "grpc-status: 0\r\ngrpc-message: fine\r\n";

  @Test
  void webCallsAreTranslated() throws Exception {
    bridged();
    byte[] message = frame(0, "hello");
    try (TestClient client = proxy.client()) {
      for (int i = 0; i < 2; i++) {
        client.send(
            "POST /test.Echo/unary HTTP/1.1\r\nHost: a.test\r\n"
                + "Content-Type: application/grpc-web+proto\r\nContent-Length: 10\r\n\r\n");
        client.send(message);
        TestClient.Response response = client.read();
        assertThat(response.has("content-type: application/grpc-web+proto")).isTrue();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(message);
        expected.writeBytes(frame(0x80, TRAILERS));
        assertThat(response.body()).isEqualTo(expected.toByteArray());
      }
    }
    assertThat(backend.streams.get(0).field("content-type")).isEqualTo("application/grpc+proto");
    assertThat(backend.streams.get(0).field("content-length")).isNull();
  }

  @Test
  void textIsTranslatedInPieces() throws Exception {
    bridged();
    String text =
        Base64.getEncoder().encodeToString(frame(0, "hello"))
            + Base64.getEncoder().encodeToString(frame(0, "world!"));
    try (TestClient client = proxy.client()) {
      client.send(
          "POST /test.Echo/unary HTTP/1.1\r\nHost: a.test\r\nContent-Type:"
              + " application/grpc-web-text\r\nContent-Length: "
              + text.length()
              + "\r\n\r\n");
      for (int i = 0; i < text.length(); i += 3) {
        client.send(text.substring(i, Math.min(text.length(), i + 3)));
        Thread.sleep(2);
      }
      TestClient.Response response = client.read();
      assertThat(response.has("content-type: application/grpc-web-text\r\n")).isTrue();
      ByteArrayOutputStream decoded = new ByteArrayOutputStream();
      String body = response.text();
      for (int i = 0; i < body.length(); i += 4) {
        decoded.writeBytes(Base64.getDecoder().decode(body.substring(i, i + 4)));
      }
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      expected.writeBytes(frame(0, "hello"));
      expected.writeBytes(frame(0, "world!"));
      expected.writeBytes(frame(0x80, TRAILERS));
      assertThat(decoded.toByteArray()).isEqualTo(expected.toByteArray());
    }
    assertThat(backend.streams.get(0).field("content-type")).isEqualTo("application/grpc");
    assertThat(backend.streams.get(0).field("content-length")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"AAA", "A*==", "AAAAA===AAA"})
  void whatIsNoBase64IsRefused(String text) throws Exception {
    bridged();
    try (TestClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/grpc-web-text\r\n"
              + "Content-Length: "
              + text.length()
              + "\r\n\r\n"
              + text);
      assertThat(client.read().has("grpc-status: 13")).isTrue();
    }
  }

  @Test
  void aRefusalOfAWebCallIsAStatusOfGrpc() throws Exception {
    bridged();
    proxy.upstream.endpoints(EndpointSet.EMPTY);
    try (TestClient client = proxy.client()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/grpc-web\r\n"
              + "Content-Length: 0\r\n\r\n");
      TestClient.Response response = client.read();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.has("grpc-status: 14")).isTrue();
    }
  }
}
