package dev.lintel.ingress.feature.limitrate;

/// How fast one response goes to its client.
///
/// @param kilobytes of 1,024 bytes a second
/// @param after kilobytes that go as fast as they can before
public record LimitRateSettings(int kilobytes, int after) {}
