package dev.lintel.proxy.upstream;

/// One connection to an endpoint, used by one exchange at a time, on one loop.
public final class UpstreamConnection {
  UpstreamConnection() {}
}
