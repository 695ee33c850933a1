package dev.lintel.ingress.feature.responsebuffer;

/// How much of a response is kept for a slow client.
///
/// @param mostBytes in memory
public record ResponseBufferSettings(int mostBytes) {}
