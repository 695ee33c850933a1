package dev.lintel.proxy.observe;

/// Counts requests per route and loop.
public final class Metrics {
  Metrics() {}
}
