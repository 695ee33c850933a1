package dev.lintel.proxy.upstream;

/// A request that came before its upstream's first endpoints were known; see [UpstreamPool#await].
public interface EndpointWaiter {
  /// The wait is over, once, on the loop of both: there are endpoints now, or there will be none,
  /// or the time is up.
  void onEndpoints();
}
