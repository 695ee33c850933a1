package dev.lintel.proxy.upstream;

/// How the connections to an upstream are kept.
///
/// @param idleConnections how many may wait for their next request, on each event loop; more do so
///   for no longer than about a second
/// @param idleMillis how long one may wait
/// @param requestsPerConnection how many requests one serves
/// @param maxAgeMillis how old one may be when it takes another request
public record UpstreamSettings(
    int idleConnections, int idleMillis, int requestsPerConnection, int maxAgeMillis) {
  /// What ingress-nginx does.
  public static final UpstreamSettings DEFAULT =
      new UpstreamSettings(320, 60_000, 10_000, 3_600_000);
}
