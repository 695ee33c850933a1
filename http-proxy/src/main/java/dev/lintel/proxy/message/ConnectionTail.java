package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// The fields about a client connection that are the same in each of its requests, ready to be
/// copied: `X-Real-IP`, `X-Forwarded-For`, `-Port`, `-Proto`, `-Scheme` and `X-Scheme`, as seen
/// from here. What the client says about itself under these names is never forwarded as such; what
/// a trusted proxy says of a request makes a tail for that request alone.
public final class ConnectionTail {
  private final byte[] lines;
  private final byte @Nullable [] host;

  /// `address` is the client's as text, `port` the one it connected to from outside.
  public ConnectionTail(String address, int port, boolean secure) {
    this(address, address, port, secure ? "https" : "http", null);
  }

  /// The same for what somebody else says.
  ///
  /// @param forwardedFor the value of `X-Forwarded-For`
  /// @param host the value of `X-Forwarded-Host`; null for that of the request's `Host`
  public ConnectionTail(
      String address, String forwardedFor, int port, String scheme, byte @Nullable [] host) {
    this.host = host;
    lines =
        Octets.ascii(
            "X-Real-IP: "
                + address
                + "\r\nX-Forwarded-For: "
                + forwardedFor
                + "\r\nX-Forwarded-Port: "
                + port
                + "\r\nX-Forwarded-Proto: "
                + scheme
                + "\r\nX-Forwarded-Scheme: "
                + scheme
                + "\r\nX-Scheme: "
                + scheme
                + "\r\n");
  }

  byte[] lines() {
    return lines;
  }

  /// The value of `X-Forwarded-Host` where it is not that of `Host`, else null.
  byte @Nullable [] host() {
    return host;
  }
}
