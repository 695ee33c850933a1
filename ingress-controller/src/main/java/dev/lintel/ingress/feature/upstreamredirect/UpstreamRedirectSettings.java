package dev.lintel.ingress.feature.upstreamredirect;

/// What is replaced in the redirects of upstreams.
///
/// @param from plain text at the beginning, or `~` and a regular expression
/// @param to what takes its place
public record UpstreamRedirectSettings(String from, String to) {}
