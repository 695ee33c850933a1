package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.message.Malformed;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/// What a client did that ends its connection, with the word under which that is counted.
final class H2Refused extends Http2Exception {
  private static final long serialVersionUID = 1;

  private final Malformed reason;

  H2Refused(Malformed reason, Http2Error error) {
    super(error, reason.reason());
    this.reason = reason;
  }

  /// Too much of something.
  static H2Refused calm(Malformed reason) {
    return new H2Refused(reason, Http2Error.ENHANCE_YOUR_CALM);
  }

  /// Why a fault of any kind is counted.
  static Malformed reason(Http2Exception fault) {
    if (fault instanceof H2Refused refused) {
      return refused.reason;
    }
    if (fault instanceof HeaderListSizeException) {
      return Malformed.HEAD_TOO_LONG;
    }
    return switch (fault.error()) {
      case COMPRESSION_ERROR -> Malformed.H2_COMPRESSION;
      case FLOW_CONTROL_ERROR -> Malformed.H2_FLOW_CONTROL;
      case REFUSED_STREAM -> Malformed.H2_STREAMS;
      case ENHANCE_YOUR_CALM -> Malformed.H2_EMPTY_FRAMES;
      default -> Malformed.H2_FRAME;
    };
  }

  /// Nobody looks at the stack, and an attacker would have us fill it.
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
