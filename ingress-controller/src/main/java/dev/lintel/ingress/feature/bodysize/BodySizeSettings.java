package dev.lintel.ingress.feature.bodysize;

/// The longest request body.
///
/// @param mostBytes 0 for no limit
public record BodySizeSettings(long mostBytes) {}
