package dev.lintel.ingress.feature.accesslog;

/// Whether requests are logged.
///
/// @param enabled never true: what is usual needs no settings
public record AccessLogSettings(boolean enabled) {}
