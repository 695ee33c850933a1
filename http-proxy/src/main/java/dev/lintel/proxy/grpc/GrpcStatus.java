package dev.lintel.proxy.grpc;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Status;
import dev.lintel.proxy.message.Trailers;

/// The codes that gRPC's clients understand, and answers that consist of one.
public final class GrpcStatus {
  /// The deadline is over.
  public static final int DEADLINE_EXCEEDED = 4;

  private static final int UNKNOWN = 2;
  private static final int PERMISSION_DENIED = 7;
  private static final int UNIMPLEMENTED = 12;
  private static final int INTERNAL = 13;
  private static final int UNAVAILABLE = 14;
  private static final int UNAUTHENTICATED = 16;

  private static final HeaderName STATUS = HeaderName.of("grpc-status");
  private static final HeaderName MESSAGE = HeaderName.of("grpc-message");

  private GrpcStatus() {}

  /// The code for a status of HTTP, as gRPC's clients map it themselves.
  public static int of(int httpStatus) {
    return switch (httpStatus) {
      case 400 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 429, 502, 503, 504 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  /// Makes `head` an answer without a body that says what `httpStatus` would say.
  ///
  /// @param type the type of the request, which the answer has as well; copied
  /// @param length what Content-Length says, -1 for no such field
  public static void describe(
      ResponseHead head, int code, int httpStatus, Slice type, long length) {
    head.answer(200, length);
    head.set(HeaderNames.CONTENT_TYPE, type.toBytes());
    head.set(STATUS, Grpc.bytes(Integer.toString(code)));
    head.set(MESSAGE, message(httpStatus));
  }

  /// The same behind a body.
  public static Trailers trailers(int code, int httpStatus) {
    Trailers trailers = new Trailers();
    trailers.add(STATUS.lower(), Grpc.bytes(Integer.toString(code)));
    trailers.add(MESSAGE.lower(), message(httpStatus));
    return trailers;
  }

  private static byte[] message(int httpStatus) {
    return Grpc.bytes(httpStatus + " " + Status.words(httpStatus));
  }
}
