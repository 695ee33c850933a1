package dev.lintel.proxy.upstream.guard;

/// What stands between requests and an upstream: a circuit breaker and a bulkhead, or nothing.
public final class Guard {
  /// No guard at all.
  public static final Guard NONE = new Guard();

  private Guard() {}
}
