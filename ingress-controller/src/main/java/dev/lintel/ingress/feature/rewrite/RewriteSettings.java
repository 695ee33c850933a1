package dev.lintel.ingress.feature.rewrite;

/// Changes of the path; empty text switches a part off.
///
/// @param target what the upstream sees instead of the path, with `$0` to `$9` for groups, or a URL
///   to redirect to
/// @param prefix what the upstream is told in `X-Forwarded-Prefix`, with `$0` to `$9` for groups
/// @param appRoot where `/` alone is redirected to
/// @param relative whether that redirect names neither scheme nor host
public record RewriteSettings(String target, String prefix, String appRoot, boolean relative) {}
