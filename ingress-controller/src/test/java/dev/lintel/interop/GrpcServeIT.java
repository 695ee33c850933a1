package dev.lintel.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.tls.TestAuthority;
import dev.lintel.tls.TestAuthority.Issued;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// gRPC as its users run it: manifests with `backend-protocol`, gRPC's own client over TLS, gRPC's
/// own server, and callers from browsers.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class GrpcServeIT {
  private static final String GRPC = "backend-protocol: GRPC";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();
  private GrpcEcho plain;
  private GrpcEcho safe;
  private Site site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    plain = GrpcEcho.plain();
    TestAuthority authority = TestAuthority.root("Our Servers");
    Issued own = authority.host("api.grpc.test");
    safe = GrpcEcho.overTls(own.certificatePem(), own.keyPem());
    site =
        Site.plan()
            .host("grpc.test", plain.port(), GRPC)
            .host("grpcs.test", safe.port(), "backend-protocol: GRPCS")
            .host("verified.test", safe.port(), verified("api.grpc.test"))
            .host("misnamed.test", safe.port(), verified("www.grpc.test"))
            .manifest(
                "{apiVersion: v1, kind: Secret, metadata: {namespace: site, name: ca}, stringData:"
                    + " {ca.crt: \""
                    + authority.pem().replace("\n", "\\n")
                    + "\"}}\n")
            .hostOfProtocol("h2c.test", plain.port(), "kubernetes.io/h2c")
            .host("empty.test", 0, GRPC)
            .host("members.test", plain.port(), GRPC, "auth-type: basic", "auth-secret: users")
            .host("limited.test", plain.port(), GRPC, "limit-rpm: 1", "limit-burst-multiplier: 2")
            .host("localhost", plain.port(), GRPC)
            .start(folder);
  }

  private static String[] verified(String name) {
    return new String[] {
      "backend-protocol: GRPCS",
      "proxy-ssl-secret: site/ca",
      "proxy-ssl-verify: on",
      "proxy-ssl-name: " + name
    };
  }

  /// A deadline counts from the moment it is made.
  private static CallOptions soon() {
    return CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  @AfterAll
  void stop() throws Exception {
    for (ManagedChannel each : channels.values()) {
      each.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
    site.close();
    plain.close();
    safe.close();
  }

  /// One connection for each host; the certificate must name it.
  private ManagedChannel channel(String host) throws IOException {
    ManagedChannel made = channels.get(host);
    if (made == null) {
      made =
          NettyChannelBuilder.forAddress("127.0.0.1", site.httpsPort())
              .overrideAuthority(host)
              .sslContext(GrpcSslContexts.forClient().trustManager(site.trusted().toFile()).build())
              .disableRetry()
              .build();
      channels.put(host, made);
    }
    return made;
  }

  private String call(String host, String message) throws IOException {
    return ClientCalls.blockingUnaryCall(channel(host), GrpcEcho.UNARY, soon(), message);
  }

  private Status refusal(String host) throws IOException {
    try {
      call(host, "x");
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void aCertificateForAnotherNameGetsNoCall() throws Exception {
    assertThat(refusal("misnamed.test").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc.test", "grpcs.test", "verified.test", "h2c.test"})
  void callsOfAllFourKindsAreAnswered(String host) throws Exception {
    assertThat(call(host, "hello")).isEqualTo("hello");

    Iterator<String> down =
        ClientCalls.blockingServerStreamingCall(channel(host), GrpcEcho.DOWN, soon(), "n");
    List<String> all = new ArrayList<>();
    down.forEachRemaining(all::add);
    assertThat(all).hasSize(100).startsWith("n0", "n1").endsWith("n99");

    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    StreamObserver<String> up =
        ClientCalls.asyncClientStreamingCall(
            channel(host).newCall(GrpcEcho.UP, soon()), told(events));
    for (int i = 0; i < 50; i++) {
      up.onNext("x".repeat(5_000));
    }
    up.onCompleted();
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("250000");
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("end");

    StreamObserver<String> both =
        ClientCalls.asyncBidiStreamingCall(
            channel(host).newCall(GrpcEcho.BOTH, soon()), told(events));
    for (int i = 0; i < 20; i++) {
      both.onNext("word" + i);
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("word" + i);
    }
    both.onCompleted();
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
  }

  private static StreamObserver<String> told(BlockingQueue<String> events) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        events.add(value);
      }

      @Override
      public void onError(Throwable t) {
        events.add(t.toString());
      }

      @Override
      public void onCompleted() {
        events.add("end");
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc.test", "grpcs.test", "h2c.test"})
  void statusAndTrailersOfTheServerArrive(String host) {
    assertThatThrownBy(() -> call(host, "fail"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).isEqualTo("not ready");
              assertThat(e.getTrailers().get(GrpcEcho.DETAIL)).isEqualTo("why");
            });
  }

  @Test
  void aDeadlineThatPassesCancelsTheCallAtTheServer() throws Exception {
    plain.cancelled.clear();
    CallOptions briefly = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
    ManagedChannel channel = channel("grpc.test");
    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, GrpcEcho.UNARY, briefly, "hang"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    assertThat(plain.cancelled.poll(10, TimeUnit.SECONDS)).isEqualTo("hang");
  }

  @Test
  void aDeadlineIsKeptAlsoForAClientThatOnlyStatesIt() throws Exception {
    plain.cancelled.clear();
    try (HttpClient client = browser(HttpClient.Version.HTTP_2)) {
      HttpResponse<byte[]> answer =
          client.send(
              post("application/grpc", "unary", frame("hang"))
                  .header("te", "trailers")
                  .header("grpc-timeout", "300m")
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.headers().firstValue("grpc-status")).contains("4");
    }
    assertThat(plain.cancelled.poll(10, TimeUnit.SECONDS)).isEqualTo("hang");
  }

  @Test
  void aServiceWithoutEndpointsIsUnavailable() throws Exception {
    assertThat(refusal("empty.test").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aPasswordIsAskedForAndTaken() throws Exception {
    assertThat(refusal("members.test").getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    Metadata fields = new Metadata();
    fields.put(
        AUTHORIZATION,
        "Basic " + Base64.getEncoder().encodeToString("demo:lintel".getBytes(UTF_8)));
    assertThat(
            ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(
                    channel("members.test"), MetadataUtils.newAttachHeadersInterceptor(fields)),
                GrpcEcho.UNARY,
                soon(),
                "in"))
        .isEqualTo("in");
  }

  @Test
  void overTheLimitIsUnavailable() throws Exception {
    List<Status.Code> codes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      codes.add(refusal("limited.test").getCode());
    }
    assertThat(codes).startsWith(Status.Code.OK).endsWith(Status.Code.UNAVAILABLE);
  }

  @Test
  void aHostThatNobodyServesIsUnimplemented() {
    ManagedChannel elsewhere =
        NettyChannelBuilder.forAddress("127.0.0.1", site.httpPort())
            .overrideAuthority("unknown.test")
            .usePlaintext()
            .build();
    try {
      assertThatThrownBy(
              () -> ClientCalls.blockingUnaryCall(elsewhere, GrpcEcho.UNARY, soon(), "x"))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    } finally {
      elsewhere.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,false", "HTTP_1_1,true", "HTTP_2,false", "HTTP_2,true"})
  void callsFromBrowsersAreTranslated(HttpClient.Version version, boolean asText) throws Exception {
    assertThat(web(version, asText, "unary", "hello"))
        .hasSize(2)
        .startsWith("0 hello")
        .last()
        .asString()
        .startsWith("128 ")
        .containsIgnoringCase("grpc-status: 0");
    assertThat(web(version, asText, "down", "n"))
        .hasSize(101)
        .contains("0 n0", "0 n99")
        .last()
        .asString()
        .containsIgnoringCase("grpc-status: 0");
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1", "HTTP_2"})
  void theStatusOfAServerReachesABrowser(HttpClient.Version version) throws Exception {
    try (HttpClient client = browser(version)) {
      HttpResponse<byte[]> answer =
          client.send(
              post("application/grpc-web+proto", "unary", frame("fail")).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      String all = answer.headers().map() + " " + new String(answer.body(), UTF_8);
      assertThat(all).contains("not ready", "x-detail", "why");
    }
  }

  /// A call as a browser makes it; the frames that came back, each with its flags.
  private List<String> web(
      HttpClient.Version version, boolean asText, String method, String message) throws Exception {
    String type = "application/grpc-web" + (asText ? "-text" : "");
    byte[] body = asText ? Base64.getEncoder().encode(frame(message)) : frame(message);
    try (HttpClient client = browser(version)) {
      HttpResponse<byte[]> answer =
          client.send(post(type, method, body).build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith(type);
      return frames(asText ? decoded(new String(answer.body(), UTF_8)) : answer.body());
    }
  }

  private HttpClient browser(HttpClient.Version version) throws Exception {
    return HttpClient.newBuilder().version(version).sslContext(site.trust()).build();
  }

  private HttpRequest.Builder post(String type, String method, byte[] body) {
    return HttpRequest.newBuilder(
            URI.create("https://localhost:" + site.httpsPort() + "/test.Echo/" + method))
        .timeout(java.time.Duration.ofSeconds(20))
        .header("content-type", type)
        .header("x-grpc-web", "1")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  private static byte[] frame(String message) {
    byte[] bytes = message.getBytes(UTF_8);
    return ByteBuffer.allocate(5 + bytes.length)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  /// Pieces of Base64, each with its own padding.
  private static byte[] decoded(String text) {
    ByteBuffer all = ByteBuffer.allocate(text.length());
    for (int at = 0; at < text.length(); at += 4) {
      all.put(Base64.getDecoder().decode(text.substring(at, at + 4)));
    }
    byte[] bytes = new byte[all.position()];
    all.flip().get(bytes);
    return bytes;
  }

  private static List<String> frames(byte[] bytes) {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    List<String> frames = new ArrayList<>();
    while (left.hasRemaining()) {
      int flags = left.get() & 0xff;
      byte[] payload = new byte[left.getInt()];
      left.get(payload);
      frames.add(flags + " " + new String(payload, UTF_8));
    }
    return frames;
  }
}
