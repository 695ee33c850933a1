package dev.lintel.proxy.exchange;

/// A connection that outlasts one request and wants to know when the proxy is about to end. Called
/// on its loop.
public interface LongLived {
  /// Takes no new requests if it can say so to its client.
  void discourageReuse();

  /// Ends now, politely.
  void closeForShutdown();
}
