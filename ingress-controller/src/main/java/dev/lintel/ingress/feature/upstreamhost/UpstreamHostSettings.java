package dev.lintel.ingress.feature.upstreamhost;

/// What the upstream is told to be.
///
/// @param host name or address, with a port where one was written
public record UpstreamHostSettings(String host) {}
