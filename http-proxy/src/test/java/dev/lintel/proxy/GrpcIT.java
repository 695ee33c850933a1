package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.h2.H2Multiplexing;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SelfMadeCertificate;
import dev.lintel.tls.UpstreamTls;
import dev.lintel.tls.UpstreamTlsPolicy;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// gRPC's own client and server with the proxy between them.
@ExtendWith(LeakCheck.class)
class GrpcIT {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try (stream) {
            return stream.readAllBytes();
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<byte[], byte[]> UNARY =
      method(MethodDescriptor.MethodType.UNARY, "unary");
  private static final MethodDescriptor<byte[], byte[]> DOWN =
      method(MethodDescriptor.MethodType.SERVER_STREAMING, "down");
  private static final MethodDescriptor<byte[], byte[]> UP =
      method(MethodDescriptor.MethodType.CLIENT_STREAMING, "up");
  private static final MethodDescriptor<byte[], byte[]> BOTH =
      method(MethodDescriptor.MethodType.BIDI_STREAMING, "both");

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private TestProxy proxy;
  private ManagedChannel channel;
  private Server server;
  private UpstreamTls tls;

  private static MethodDescriptor<byte[], byte[]> method(
      MethodDescriptor.MethodType type, String name) {
    return MethodDescriptor.newBuilder(BYTES, BYTES)
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .build();
  }

  @BeforeEach
  void start() throws Exception {
    start(H2Multiplexing.CLEAR, plain());
  }

  private static NettyServerBuilder plain() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private void start(H2Multiplexing protocol, NettyServerBuilder builder) throws Exception {
    server = builder.maxInboundMessageSize(1 << 24).addService(service()).build().start();
    proxy = new TestProxy(UpstreamSettings.DEFAULT.over(protocol));
    proxy.upstream.endpoints(
        new EndpointSet(
            List.of(
                new Endpoint(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))),
            false));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", proxy.server.httpPort())
            .overrideAuthority("a.test")
            .usePlaintext()
            .maxInboundMessageSize(1 << 24)
            .disableRetry()
            .build();
  }

  /// A deadline counts from the moment it is made.
  private static CallOptions soon() {
    return CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    proxy.close();
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    if (tls != null) {
      tls.retire();
      tls = null;
    }
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
        .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(this::down))
        .addMethod(UP, ServerCalls.asyncClientStreamingCall(GrpcIT::up))
        .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(GrpcIT::both))
        .build();
  }

  private void unary(byte[] request, StreamObserver<byte[]> to) {
    String text = request.length < 20 ? text(request) : "";
    if (text.equals("fail")) {
      Metadata trailers = new Metadata();
      trailers.put(Metadata.Key.of("x-detail", Metadata.ASCII_STRING_MARSHALLER), "why");
      to.onError(
          Status.FAILED_PRECONDITION.withDescription("not ready").asRuntimeException(trailers));
    } else if (text.equals("hang")) {
      ((ServerCallStreamObserver<byte[]>) to).setOnCancelHandler(cancelled::countDown);
    } else {
      to.onNext(request);
      to.onCompleted();
    }
  }

  private void down(byte[] request, StreamObserver<byte[]> to) {
    for (int i = 0; i < 100; i++) {
      to.onNext((text(request) + i).getBytes(StandardCharsets.UTF_8));
    }
    to.onCompleted();
  }

  private static StreamObserver<byte[]> up(StreamObserver<byte[]> to) {
    return new Each() {
      private int bytes;

      @Override
      public void onNext(byte[] value) {
        bytes += value.length;
      }

      @Override
      public void onCompleted() {
        to.onNext(("" + bytes).getBytes(StandardCharsets.UTF_8));
        to.onCompleted();
      }
    };
  }

  private static StreamObserver<byte[]> both(StreamObserver<byte[]> to) {
    return new Each() {
      @Override
      public void onNext(byte[] value) {
        to.onNext(value);
      }

      @Override
      public void onCompleted() {
        to.onCompleted();
      }
    };
  }

  private abstract static class Each implements StreamObserver<byte[]> {
    @Override
    public void onError(Throwable t) {
      // The call was cancelled.
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void oneRequestHasOneResponse() {
    for (int i = 0; i < 50; i++) {
      byte[] answer = ClientCalls.blockingUnaryCall(channel, UNARY, soon(), bytes("hello" + i));
      assertThat(text(answer)).isEqualTo("hello" + i);
    }
  }

  @Test
  void largeMessagesPassBothWays() {
    proxy.settings = new RouteSettings(5_000, 60_000, 60_000, 0, 3, false, 0, true);
    proxy.apply();
    byte[] large = new byte[5_000_000];
    Arrays.fill(large, (byte) 7);
    assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, soon(), large)).isEqualTo(large);
  }

  @Test
  void aServerStreams() {
    Iterator<byte[]> all =
        ClientCalls.blockingServerStreamingCall(channel, DOWN, soon(), bytes("n"));
    int count = 0;
    while (all.hasNext()) {
      assertThat(text(all.next())).isEqualTo("n" + count++);
    }
    assertThat(count).isEqualTo(100);
  }

  @Test
  void aClientStreams() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> to =
        ClientCalls.asyncClientStreamingCall(channel.newCall(UP, soon()), told(events));
    for (int i = 0; i < 100; i++) {
      to.onNext(new byte[10_000]);
    }
    to.onCompleted();
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("1000000");
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
  }

  @Test
  void bothSidesTalkInTurn() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> to =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(BOTH, soon()), told(events));
    for (int i = 0; i < 20; i++) {
      to.onNext(bytes("word" + i));
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("word" + i);
    }
    to.onCompleted();
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
  }

  private static StreamObserver<byte[]> told(BlockingQueue<String> events) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] value) {
        events.add(text(value));
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

  @Test
  void theStatusComesInTrailers() {
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, UNARY, soon(), bytes("fail")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).isEqualTo("not ready");
              assertThat(
                      e.getTrailers()
                          .get(Metadata.Key.of("x-detail", Metadata.ASCII_STRING_MARSHALLER)))
                  .isEqualTo("why");
            });
  }

  @Test
  void aCancelledCallIsCancelledAtTheServer() throws Exception {
    assertThatThrownBy(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    UNARY,
                    CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                    bytes("hang")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void ourOwnRefusalsAreStatusesOfGrpc() {
    proxy.upstream.endpoints(EndpointSet.EMPTY);
    assertThat(refused(channel)).isEqualTo(Status.Code.UNAVAILABLE);
    ManagedChannel elsewhere =
        NettyChannelBuilder.forAddress("127.0.0.1", proxy.server.httpPort())
            .overrideAuthority("unknown.test")
            .usePlaintext()
            .build();
    try {
      assertThat(refused(elsewhere)).isEqualTo(Status.Code.UNIMPLEMENTED);
    } finally {
      elsewhere.shutdownNow();
    }
  }

  private static Status.Code refused(ManagedChannel channel) {
    try {
      ClientCalls.blockingUnaryCall(channel, UNARY, soon(), bytes("x"));
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getDescription()).doesNotContain("invalid content-type");
      return e.getStatus().getCode();
    }
  }

  @Test
  void aServerThatEndsItsConnectionsFailsNoCall() throws Exception {
    stop();
    start(
        H2Multiplexing.CLEAR,
        plain()
            .maxConnectionAge(100, TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(5, TimeUnit.SECONDS));
    assertThat(callsFor(2_000)).isGreaterThan(100);
  }

  /// Calls from eight threads at once; returns how many there were, all of them good.
  private int callsFor(long millis) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        callers.add(
            () -> {
              int count = 0;
              while (System.nanoTime() < end) {
                byte[] answer = ClientCalls.blockingUnaryCall(channel, UNARY, soon(), bytes("x"));
                assertThat(text(answer)).isEqualTo("x");
                count++;
              }
              return count;
            });
      }
      int all = 0;
      for (Future<Integer> each : threads.invokeAll(callers)) {
        all += each.get();
      }
      return all;
    }
  }

  @Test
  void overTlsAnyCertificateIsTaken() throws Exception {
    stop();
    tls = new UpstreamTls(UpstreamTlsPolicy.UNVERIFIED, true);
    KeyMaterial material = SelfMadeCertificate.issue(Instant.now(), "other.test");
    start(
        H2Multiplexing.over(tls),
        plain()
            .useTransportSecurity(
                pem("CERTIFICATE", material.leaf().getEncoded()),
                pem("PRIVATE KEY", material.privateKey().getEncoded())));
    assertThat(text(ClientCalls.blockingUnaryCall(channel, UNARY, soon(), bytes("safe"))))
        .isEqualTo("safe");
  }

  private static InputStream pem(String type, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return new ByteArrayInputStream(
        bytes("-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n"));
  }
}
