package dev.lintel.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server of gRPC's own with one method of each kind; messages are texts.
final class GrpcEcho implements AutoCloseable {
  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try (stream) {
            return new String(stream.readAllBytes(), UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final Metadata.Key<String> DETAIL =
      Metadata.Key.of("x-detail", Metadata.ASCII_STRING_MARSHALLER);

  /// Answers with the request; `fail` fails, `hang` waits until the call is cancelled.
  static final MethodDescriptor<String, String> UNARY =
      method(MethodDescriptor.MethodType.UNARY, "unary");

  /// Answers with the request a hundred times, numbered.
  static final MethodDescriptor<String, String> DOWN =
      method(MethodDescriptor.MethodType.SERVER_STREAMING, "down");

  /// Answers with the size of all requests together.
  static final MethodDescriptor<String, String> UP =
      method(MethodDescriptor.MethodType.CLIENT_STREAMING, "up");

  /// Answers each request with itself.
  static final MethodDescriptor<String, String> BOTH =
      method(MethodDescriptor.MethodType.BIDI_STREAMING, "both");

  private final Server server;

  /// What calls of `hang` were told: an entry for each that was cancelled.
  final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();

  private GrpcEcho(NettyServerBuilder builder) throws IOException {
    server = builder.addService(service()).build().start();
  }

  static GrpcEcho plain() throws IOException {
    return new GrpcEcho(onLoopback());
  }

  static GrpcEcho overTls(String certificate, String key) throws IOException {
    return new GrpcEcho(
        onLoopback()
            .useTransportSecurity(
                new ByteArrayInputStream(certificate.getBytes(UTF_8)),
                new ByteArrayInputStream(key.getBytes(UTF_8))));
  }

  private static NettyServerBuilder onLoopback() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  int port() {
    return server.getPort();
  }

  private static MethodDescriptor<String, String> method(
      MethodDescriptor.MethodType type, String name) {
    return MethodDescriptor.newBuilder(TEXT, TEXT)
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .build();
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
        .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(GrpcEcho::down))
        .addMethod(UP, ServerCalls.asyncClientStreamingCall(GrpcEcho::up))
        .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(GrpcEcho::both))
        .build();
  }

  private void unary(String request, StreamObserver<String> to) {
    switch (request) {
      case "fail" -> {
        Metadata trailers = new Metadata();
        trailers.put(DETAIL, "why");
        to.onError(
            Status.FAILED_PRECONDITION.withDescription("not ready").asRuntimeException(trailers));
      }
      case "hang" ->
          ((ServerCallStreamObserver<String>) to).setOnCancelHandler(() -> cancelled.add("hang"));
      default -> {
        to.onNext(request);
        to.onCompleted();
      }
    }
  }

  private static void down(String request, StreamObserver<String> to) {
    for (int i = 0; i < 100; i++) {
      to.onNext(request + i);
    }
    to.onCompleted();
  }

  private static StreamObserver<String> up(StreamObserver<String> to) {
    return new Requests(to) {
      private int size;

      @Override
      public void onNext(String value) {
        size += value.length();
      }

      @Override
      public void onCompleted() {
        to.onNext("" + size);
        super.onCompleted();
      }
    };
  }

  private static StreamObserver<String> both(StreamObserver<String> to) {
    return new Requests(to) {
      @Override
      public void onNext(String value) {
        to.onNext(value);
      }
    };
  }

  private abstract static class Requests implements StreamObserver<String> {
    private final StreamObserver<String> to;

    Requests(StreamObserver<String> to) {
      this.to = to;
    }

    @Override
    public void onError(Throwable t) {
      // The call was cancelled.
    }

    @Override
    public void onCompleted() {
      to.onCompleted();
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }
}
