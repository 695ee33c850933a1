package dev.lintel.proxy.upstream.guard;

/// What stands between requests and an upstream: a circuit breaker and a bulkhead, or nothing.
public final class Guard {
  Guard() {}
}
