package dev.lintel.proxy.upstream;

import dev.lintel.proxy.upstream.balance.Derivation;
import dev.lintel.proxy.upstream.balance.Derived;
import dev.lintel.proxy.upstream.guard.EndpointHealth;
import dev.lintel.proxy.upstream.guard.UpstreamHealth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The endpoints of an upstream with what was worked out of them. Immutable; a loop that sees one
/// sees all of it.
///
/// @param set all of them
/// @param used those that are picked from
/// @param out the others, which are left out for a while
/// @param health of those used and then of those left out; empty where nobody is ever left out
/// @param derived by the index of each endpoint among those used
record EndpointTable(
    EndpointSet set,
    List<Endpoint> used,
    List<Endpoint> out,
    List<EndpointHealth> health,
    Derived derived) {
  static final EndpointTable EMPTY =
      new EndpointTable(EndpointSet.EMPTY, List.of(), List.of(), List.of(), Derived.NOTHING);

  /// The table of another set, or with others left out, or with other things worked out.
  ///
  /// @param health of all endpoints of the set; null where nobody is ever left out
  /// @param isFirst whether there was no endpoint so far
  static EndpointTable of(
      String upstream,
      EndpointSet set,
      @Nullable UpstreamHealth health,
      Collection<Derivation> wanted,
      EndpointTable before,
      boolean isFirst) {
    List<Endpoint> used = set.endpoints();
    List<Endpoint> out = List.of();
    List<EndpointHealth> known = List.of();
    if (health != null) {
      used = new ArrayList<>(set.endpoints().size());
      out = new ArrayList<>(0);
      for (Endpoint endpoint : set.endpoints()) {
        (health.isUsed(health.of(endpoint.address())) ? used : out).add(endpoint);
      }
      known = new ArrayList<>(set.endpoints().size());
      for (Endpoint endpoint : used) {
        known.add(health.of(endpoint.address()));
      }
      for (Endpoint endpoint : out) {
        known.add(health.of(endpoint.address()));
      }
    }
    Derived derived =
        wanted.isEmpty()
            ? Derived.NOTHING
            : Derived.of(
                upstream,
                names(used),
                names(out),
                wanted,
                before.derived(),
                isFirst,
                System.nanoTime());
    return new EndpointTable(set, used, out, known, derived);
  }

  private static List<String> names(List<Endpoint> endpoints) {
    List<String> names = new ArrayList<>(endpoints.size());
    for (Endpoint endpoint : endpoints) {
      names.add(endpoint.name());
    }
    return names;
  }

  /// What is known of endpoint `index`, those left out behind those used; null where nobody is ever
  /// left out.
  @Nullable EndpointHealth health(int index) {
    return health.isEmpty() ? null : health.get(index);
  }
}
