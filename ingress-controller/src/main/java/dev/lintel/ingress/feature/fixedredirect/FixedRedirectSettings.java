package dev.lintel.ingress.feature.fixedredirect;

/// Where every request is sent.
///
/// @param code status of the redirect
/// @param target an absolute URL, or a path
/// @param withPort whether the URL made of a path names the port
/// @param relative whether a path stays one
public record FixedRedirectSettings(int code, String target, boolean withPort, boolean relative) {}
