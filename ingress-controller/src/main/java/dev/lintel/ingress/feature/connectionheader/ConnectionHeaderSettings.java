package dev.lintel.ingress.feature.connectionheader;

/// What is written.
public record ConnectionHeaderSettings(String value) {}
