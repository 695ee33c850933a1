package dev.lintel.ingress.feature.grpcweb;

/// There is nothing to set but whether it is on.
public record GrpcWebSettings() {}
