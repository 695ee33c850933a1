package dev.lintel.ingress.feature.mirror;

import dev.lintel.ingress.feature.SideTarget;

/// Where copies go.
///
/// @param uri path and query of a copy, with variables
/// @param host its `Host`
/// @param hasBody whether it has the body of the request
public record MirrorSettings(SideTarget target, String uri, String host, boolean hasBody) {}
