package dev.lintel.proxy.message;

/// The method of a request, as far as anything depends on it.
public enum Method {
  GET(true),
  HEAD(true),
  POST(false),
  PUT(true),
  DELETE(true),
  PATCH(false),
  OPTIONS(true),
  /// Any other: the request's own bytes say which. Not tried twice.
  OTHER(false);

  private static final byte[] CONNECT_BYTES = Octets.ascii("CONNECT");
  private static final byte[] TRACE_BYTES = Octets.ascii("TRACE");
  private static final byte[] TRACK_BYTES = Octets.ascii("TRACK");
  private static final Method[] NAMED = {GET, POST, PUT, HEAD, DELETE, PATCH, OPTIONS};

  private final boolean idempotent;
  private final byte[] bytes;

  Method(boolean idempotent) {
    this.idempotent = idempotent;
    this.bytes = Octets.ascii(name());
  }

  /// Whether sending it twice is the same as once (RFC 9110 9.2.2).
  public boolean isIdempotent() {
    return idempotent;
  }

  static Method of(byte[] b, int offset, int length) {
    for (Method method : NAMED) {
      if (is(b, offset, length, method.bytes)) {
        return method;
      }
    }
    return OTHER;
  }

  /// Whether the bytes name a method that is never forwarded.
  static boolean isForbidden(byte[] b, int offset, int length) {
    return is(b, offset, length, CONNECT_BYTES)
        || is(b, offset, length, TRACE_BYTES)
        || is(b, offset, length, TRACK_BYTES);
  }

  private static boolean is(byte[] b, int offset, int length, byte[] name) {
    if (length != name.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (b[offset + i] != name[i]) {
        return false;
      }
    }
    return true;
  }
}
