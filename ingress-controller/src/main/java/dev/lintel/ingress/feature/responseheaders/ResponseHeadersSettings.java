package dev.lintel.ingress.feature.responseheaders;

import java.util.List;
import java.util.SortedMap;

/// Changes of answers.
///
/// @param hide names of fields that are left out
/// @param set values by name, in place of what the upstream sends
/// @param passServer whether the upstream's `Server` goes on
/// @param namesServer whether answers without one say what serves
public record ResponseHeadersSettings(
    List<String> hide, SortedMap<String, String> set, boolean passServer, boolean namesServer) {}
