package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.grpc.Grpc;
import dev.lintel.proxy.grpc.GrpcStatus;
import dev.lintel.proxy.grpc.GrpcWebBridge;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import org.jspecify.annotations.Nullable;

/// What is special about one exchange where it is a call of gRPC: its deadline, how it is refused,
/// and the translation of gRPC-Web. Used again for the next request.
final class GrpcSide extends Timer {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Exchange exchange;
  private final ClientSide client;
  private final Slice scratch = new Slice();
  private Grpc.Kind kind = Grpc.Kind.NONE;
  private @Nullable GrpcWebBridge bridge;
  private long endsAt;

  GrpcSide(Exchange exchange, ClientSide client) {
    this.exchange = exchange;
    this.client = client;
  }

  /// A request begins whose head is there; `readable` is false where that was refused.
  void begin(boolean readable) {
    bridge = null;
    kind = readable ? Grpc.kind(exchange.request(), scratch) : Grpc.Kind.NONE;
    if (kind == Grpc.Kind.NONE) {
      return;
    }
    if (kind == Grpc.Kind.GRPC && client.httpVersion() < 20) {
      kind = Grpc.Kind.NONE;
      return;
    }
    long timeout = Grpc.timeoutNanos(exchange.request(), scratch);
    if (timeout >= 0 && timeout / NANOS_PER_MILLI < Integer.MAX_VALUE) {
      long millis = Math.max(1, timeout / NANOS_PER_MILLI);
      long now = exchange.loop().nanos();
      endsAt = now + millis * NANOS_PER_MILLI;
      exchange.loop().timers().arm(this, now, millis);
    }
  }

  boolean isCall() {
    return kind != Grpc.Kind.NONE;
  }

  void end() {
    if (kind != Grpc.Kind.NONE) {
      exchange.loop().timers().remove(this);
    }
  }

  @Override
  protected void onTimeout() {
    exchange.fail(ProxyFailure.DEADLINE);
  }

  /// What a failure of the upstream is to the client. A server of gRPC keeps the deadline as well:
  /// where it gives the call up before our coarser timer does, the deadline is the reason.
  ProxyFailure judge(ProxyFailure failure) {
    return kind != Grpc.Kind.NONE && isArmed() && exchange.loop().nanos() - endsAt >= 0
        ? ProxyFailure.DEADLINE
        : failure;
  }

  /// Begins to translate, where the request is one of gRPC-Web.
  ///
  /// @return the type that the upstream sees; null where nothing is translated
  byte @Nullable [] translate() {
    if (kind != Grpc.Kind.WEB && kind != Grpc.Kind.WEB_TEXT) {
      return null;
    }
    exchange.request().value(HeaderNames.CONTENT_TYPE, scratch);
    GrpcWebBridge made = new GrpcWebBridge(scratch, kind);
    bridge = made;
    return made.type();
  }

  @Nullable GrpcWebBridge bridge() {
    return bridge;
  }

  /// Makes an answer of our own one that clients of gRPC understand; false where they do not ask.
  boolean refuse(ResponseHead head, @Nullable ProxyFailure failure) {
    if (kind == Grpc.Kind.NONE) {
      return false;
    }
    int status = head.status();
    RequestHead request = exchange.request();
    request.value(HeaderNames.CONTENT_TYPE, scratch);
    GrpcStatus.describe(
        head, code(status, failure), status, scratch, client.httpVersion() < 20 ? 0 : -1);
    return true;
  }

  /// Ends a response that has begun by saying why, where that can be said.
  boolean cut(ProxyFailure failure, ResponseSide response) {
    if (kind == Grpc.Kind.NONE || failure != ProxyFailure.DEADLINE) {
      return false;
    }
    int status = FailureTable.status(failure);
    response.trailers(GrpcStatus.trailers(code(status, failure), status));
    return true;
  }

  private static int code(int status, @Nullable ProxyFailure failure) {
    return failure == ProxyFailure.DEADLINE ? GrpcStatus.DEADLINE_EXCEEDED : GrpcStatus.of(status);
  }
}
