package dev.lintel.ingress.feature.upstreamcookie;

/// What is replaced in the cookies of upstreams; an empty text replaces nothing.
///
/// @param domain a domain, or `~` and a regular expression, and behind a space what takes its place
/// @param path the beginning of a path in the same way
public record UpstreamCookieSettings(String domain, String path) {}
