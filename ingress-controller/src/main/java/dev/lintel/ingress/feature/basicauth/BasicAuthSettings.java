package dev.lintel.ingress.feature.basicauth;

/// Who may enter.
///
/// @param realm what browsers show
public record BasicAuthSettings(String realm, Credentials credentials) {}
