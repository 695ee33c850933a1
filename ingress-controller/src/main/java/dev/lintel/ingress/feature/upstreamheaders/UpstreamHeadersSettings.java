package dev.lintel.ingress.feature.upstreamheaders;

import java.util.SortedMap;

/// Fields that upstreams get.
///
/// @param set values by name; an empty one keeps the client's field back
/// @param originalUri whether they get the target as the client wrote it
public record UpstreamHeadersSettings(SortedMap<String, String> set, boolean originalUri) {}
