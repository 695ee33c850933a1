package dev.lintel.proxy.upstream;

import org.jspecify.annotations.Nullable;

/// How the connections to an upstream are kept.
///
/// @param idleConnections how many may wait for their next request, on each event loop; more do so
///   for no longer than about a second
/// @param idleMillis how long one may wait
/// @param requestsPerConnection how many requests one serves
/// @param maxAgeMillis how old one may be when it takes another request
/// @param multiplexing the protocol by which requests share connections; null for HTTP/1.1, where
///   each has its own
/// @param encryption what connections of HTTP/1.1 are encrypted by; null for clear text
public record UpstreamSettings(
    int idleConnections,
    int idleMillis,
    int requestsPerConnection,
    int maxAgeMillis,
    @Nullable Multiplexing multiplexing,
    @Nullable Encryption encryption) {
  /// What ingress-nginx does.
  public static final UpstreamSettings DEFAULT =
      new UpstreamSettings(320, 60_000, 10_000, 3_600_000);

  /// Of HTTP/1.1 connections in clear text.
  public UpstreamSettings(
      int idleConnections, int idleMillis, int requestsPerConnection, int maxAgeMillis) {
    this(idleConnections, idleMillis, requestsPerConnection, maxAgeMillis, null, null);
  }

  /// The same over connections that are shared.
  public UpstreamSettings over(Multiplexing shared) {
    return new UpstreamSettings(
        idleConnections, idleMillis, requestsPerConnection, maxAgeMillis, shared, null);
  }

  /// The same over encrypted connections of HTTP/1.1.
  public UpstreamSettings encrypted(Encryption by) {
    return new UpstreamSettings(
        idleConnections, idleMillis, requestsPerConnection, maxAgeMillis, null, by);
  }
}
