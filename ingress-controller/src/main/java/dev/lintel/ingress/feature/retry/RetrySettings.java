package dev.lintel.ingress.feature.retry;

/// When a request that failed is sent again.
///
/// @param tries how often it is sent at most, the first time included
/// @param timeout seconds after which there is no new try; 0 for no limit
/// @param nonIdempotent whether POST, PATCH and their like are sent again after bytes were sent
public record RetrySettings(int tries, int timeout, boolean nonIdempotent) {}
