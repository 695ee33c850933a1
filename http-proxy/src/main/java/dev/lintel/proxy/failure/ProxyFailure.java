package dev.lintel.proxy.failure;

/// What went wrong with a request.
public final class ProxyFailure {
  ProxyFailure() {}
}
