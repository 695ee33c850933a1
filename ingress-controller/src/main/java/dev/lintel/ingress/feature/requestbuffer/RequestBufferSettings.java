package dev.lintel.ingress.feature.requestbuffer;

/// Bodies of requests are read whole.
///
/// @param memoryBytes of each that are kept in memory; what is longer goes into a file
public record RequestBufferSettings(int memoryBytes) {}
