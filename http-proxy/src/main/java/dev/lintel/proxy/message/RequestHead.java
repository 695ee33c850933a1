package dev.lintel.proxy.message;

/// The head of a request.
public final class RequestHead {
  /// An empty head.
  public RequestHead() {}
}
