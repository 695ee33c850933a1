package dev.lintel.ingress.feature.satisfy;

/// How guards count together.
///
/// @param any whether one guard that lets a request in suffices
public record SatisfySettings(boolean any) {}
