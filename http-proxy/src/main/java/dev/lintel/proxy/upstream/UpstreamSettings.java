package dev.lintel.proxy.upstream;

import dev.lintel.proxy.message.RequestForm;
import dev.lintel.proxy.upstream.fcgi.FastCgi;
import dev.lintel.tls.UpstreamTls;
import org.jspecify.annotations.Nullable;

/// How the connections to an upstream are made and kept.
///
/// @param idleConnections how many may wait for their next request, on each event loop; more do so
///   for no longer than about a second
/// @param idleMillis how long one may wait
/// @param requestsPerConnection how many requests one serves
/// @param maxAgeMillis how old one may be when it takes another request
/// @param form how requests are written
/// @param tls how connections of HTTP/1.1 are secured; null for plain TCP
/// @param multiplexing the protocol by which requests share connections, which says by itself how
///   they are secured; null for HTTP/1.1, where each has its own
public record UpstreamSettings(
    int idleConnections,
    int idleMillis,
    int requestsPerConnection,
    int maxAgeMillis,
    RequestForm form,
    @Nullable UpstreamTls tls,
    @Nullable Multiplexing multiplexing) {
  /// What ingress-nginx does.
  public static final UpstreamSettings DEFAULT =
      new UpstreamSettings(320, 60_000, 10_000, 3_600_000);

  /// Of plain HTTP/1.1 connections.
  public UpstreamSettings(
      int idleConnections, int idleMillis, int requestsPerConnection, int maxAgeMillis) {
    this(
        idleConnections,
        idleMillis,
        requestsPerConnection,
        maxAgeMillis,
        requestsPerConnection > 1 ? RequestForm.KEPT : RequestForm.LAST,
        null,
        null);
  }

  /// The same over connections that are shared.
  public UpstreamSettings over(Multiplexing shared) {
    return new UpstreamSettings(
        idleConnections, idleMillis, requestsPerConnection, maxAgeMillis, form, null, shared);
  }

  /// The same over HTTP/1.1 and TLS.
  public UpstreamSettings over(UpstreamTls secure) {
    return new UpstreamSettings(
        idleConnections, idleMillis, requestsPerConnection, maxAgeMillis, form, secure, null);
  }

  /// The same over FastCGI.
  public UpstreamSettings over(FastCgi protocol) {
    return new UpstreamSettings(
        idleConnections,
        idleMillis,
        requestsPerConnection,
        maxAgeMillis,
        RequestForm.FASTCGI,
        null,
        protocol);
  }

  /// The same with requests of HTTP/1.0, each on a connection of its own.
  public UpstreamSettings old() {
    return new UpstreamSettings(
        idleConnections, idleMillis, 1, maxAgeMillis, RequestForm.OLD, tls, null);
  }
}
