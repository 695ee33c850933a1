package dev.lintel.proxy.message;

/// How one knows where a message's body ends.
public enum BodyFraming {
  /// There is no body.
  NONE,
  /// As many bytes as Content-Length says.
  LENGTH,
  /// Chunks (RFC 9112 7.1), or the end of an HTTP/2 stream.
  CHUNKED,
  /// All bytes until the connection ends; responses only.
  UNTIL_CLOSE
}
