package dev.lintel.ingress.feature.wwwredirect;

/// Where the requests of a counterpart go.
///
/// @param host the host that is served
/// @param code status of the redirect
/// @param withPort whether the target names the port
public record WwwRedirectSettings(String host, int code, boolean withPort) {}
