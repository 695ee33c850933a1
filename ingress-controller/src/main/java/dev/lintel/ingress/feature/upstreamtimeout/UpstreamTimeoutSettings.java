package dev.lintel.ingress.feature.upstreamtimeout;

/// Time limits towards an upstream, in seconds.
///
/// @param connect until a connection is there
/// @param send how long the upstream may refuse to take bytes
/// @param read how long the upstream may be silent
public record UpstreamTimeoutSettings(int connect, int send, int read) {}
