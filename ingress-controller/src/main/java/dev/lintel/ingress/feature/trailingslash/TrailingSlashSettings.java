package dev.lintel.ingress.feature.trailingslash;

/// Where the request goes.
///
/// @param path the path with its slash
/// @param withPort whether the target names the port
/// @param relative whether the target names neither scheme nor host
public record TrailingSlashSettings(String path, boolean withPort, boolean relative) {}
