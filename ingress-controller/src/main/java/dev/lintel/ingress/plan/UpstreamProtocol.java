package dev.lintel.ingress.plan;

/// What is spoken to an upstream.
public enum UpstreamProtocol {
  /// HTTP/1.0, each request on a connection of its own.
  HTTP_10("HTTP/1.0"),
  /// HTTP/1.1.
  HTTP_1("HTTP/1.1"),
  /// HTTP/2: with prior knowledge, or agreed on in the TLS handshake.
  HTTP_2("HTTP/2"),
  /// gRPC over such HTTP/2.
  GRPC("gRPC"),
  /// FastCGI 1.0.
  FASTCGI("FastCGI"),
  /// Connections that are passed on as they come.
  TCP("TCP"),
  /// Datagrams.
  UDP("UDP");

  private final String words;

  UpstreamProtocol(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
