package dev.lintel.proxy;

import dev.lintel.proxy.l4.L4Config;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.tls.CertificateIndex;

/// Everything the proxy does, as of one moment. Immutable; a request keeps the one it began with.
///
/// @param generation grows by one with each configuration
/// @param routes from host and path to routes
/// @param certificates what is shown to TLS clients, by server name
/// @param settings what holds for all connections
/// @param l4 what happens below HTTP
public record ProxyConfig(
    long generation,
    RoutingTable routes,
    CertificateIndex certificates,
    ProxySettings settings,
    L4Config l4) {
  /// Nothing but HTTP.
  public ProxyConfig(
      long generation, RoutingTable routes, CertificateIndex certificates, ProxySettings settings) {
    this(generation, routes, certificates, settings, L4Config.NONE);
  }
}
