package dev.lintel.proxy.upstream;

import dev.lintel.proxy.upstream.balance.Derivation;
import dev.lintel.proxy.upstream.balance.Derived;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A set of endpoints with what was worked out of it. Immutable; a loop that sees one sees all of
/// it.
///
/// @param derived by the index of each endpoint in the set
record EndpointTable(EndpointSet set, Derived derived) {
  static final EndpointTable EMPTY = new EndpointTable(EndpointSet.EMPTY, Derived.NOTHING);

  /// The table of another set, or with other things worked out.
  ///
  /// @param isFirst whether there was no endpoint so far
  static EndpointTable of(
      String upstream,
      EndpointSet set,
      Collection<Derivation> wanted,
      EndpointTable before,
      boolean isFirst) {
    if (wanted.isEmpty()) {
      return new EndpointTable(set, Derived.NOTHING);
    }
    List<String> names = new ArrayList<>(set.endpoints().size());
    for (Endpoint endpoint : set.endpoints()) {
      names.add(endpoint.name());
    }
    return new EndpointTable(
        set, Derived.of(upstream, names, wanted, before.derived(), isFirst, System.nanoTime()));
  }
}
