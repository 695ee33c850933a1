package dev.lintel.ingress.feature.customheaders;

import java.util.SortedMap;

/// Fields of answers.
///
/// @param set values by name, in place of what the upstream sends
public record CustomHeadersSettings(SortedMap<String, String> set) {}
