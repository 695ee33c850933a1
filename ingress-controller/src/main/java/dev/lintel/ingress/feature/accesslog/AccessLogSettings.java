package dev.lintel.ingress.feature.accesslog;

/// Whether requests are logged, where that is not what is usual for their route.
public record AccessLogSettings(boolean enabled) {}
