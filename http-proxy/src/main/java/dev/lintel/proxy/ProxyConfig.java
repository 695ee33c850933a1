package dev.lintel.proxy;

import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.tls.CertificateIndex;

/// Everything the proxy does, as of one moment. Immutable; a request keeps the one it began with.
///
/// @param generation grows by one with each configuration
/// @param routes from host and path to routes
/// @param certificates what is shown to TLS clients, by server name
/// @param settings what holds for all connections
public record ProxyConfig(
    long generation, RoutingTable routes, CertificateIndex certificates, ProxySettings settings) {}
