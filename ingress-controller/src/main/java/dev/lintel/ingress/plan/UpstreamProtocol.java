package dev.lintel.ingress.plan;

/// What is spoken to an upstream.
public enum UpstreamProtocol {
  /// HTTP/1.1.
  HTTP_1("HTTP/1.1"),
  /// HTTP/2 with prior knowledge.
  HTTP_2("HTTP/2"),
  /// gRPC over HTTP/2 with prior knowledge.
  GRPC("gRPC"),
  /// gRPC over HTTP/2 over TLS.
  GRPCS("gRPC over TLS");

  private final String words;

  UpstreamProtocol(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
