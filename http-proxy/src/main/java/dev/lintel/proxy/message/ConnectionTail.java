package dev.lintel.proxy.message;

/// The fields about a client connection that are the same in each of its requests, ready to be
/// copied: `X-Real-IP`, `X-Forwarded-For`, `-Port`, `-Proto`, `-Scheme` and `X-Scheme`, as seen
/// from here. What the client says about itself under these names is never forwarded as such.
public final class ConnectionTail {
  private final byte[] lines;

  /// `address` is the client's as text, `port` the one it connected to from outside.
  public ConnectionTail(String address, int port, boolean secure) {
    String scheme = secure ? "https" : "http";
    lines =
        Octets.ascii(
            "X-Real-IP: "
                + address
                + "\r\nX-Forwarded-For: "
                + address
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
}
