package dev.lintel.ingress.feature.responseheaders;

import java.util.List;
import java.util.SortedMap;

/// Changes of answers.
///
/// @param hide names of fields that are left out
/// @param set values by name, in place of what the upstream sends
public record ResponseHeadersSettings(List<String> hide, SortedMap<String, String> set) {}
