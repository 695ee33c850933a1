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
/// @param spare the others: those elsewhere that may stand in for them, and then those that are
///   left out for a while
/// @param standIns how many of the others are well
/// @param health of those used and then of the others; empty where nobody is ever left out
/// @param derived by the index of each endpoint among those used
record EndpointTable(
    EndpointSet set,
    List<Endpoint> used,
    List<Endpoint> spare,
    int standIns,
    List<EndpointHealth> health,
    Derived derived) {
  static final EndpointTable EMPTY =
      new EndpointTable(EndpointSet.EMPTY, List.of(), List.of(), 0, List.of(), Derived.NOTHING);

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
    boolean enough = isEnough(set, health);
    List<Endpoint> near = enough ? set.endpoints() : set.all();
    List<Endpoint> far = enough ? set.elsewhere() : List.of();
    List<Endpoint> used = those(near, health, true);
    List<Endpoint> out = those(near, health, false);
    List<Endpoint> standIns = those(far, health, true);
    List<Endpoint> spare = new ArrayList<>(standIns);
    spare.addAll(out);
    spare.addAll(those(far, health, false));
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
    return new EndpointTable(
        set, used, spare, standIns.size(), known(used, spare, health), derived);
  }

  /// Whether the near ones do: fewer than half of them would not bear the load of the others.
  private static boolean isEnough(EndpointSet set, @Nullable UpstreamHealth health) {
    if (health == null || set.elsewhere().isEmpty()) {
      return true;
    }
    int well = those(set.endpoints(), health, true).size();
    return 2 * well >= set.endpoints().size() && !health.isPanicking();
  }

  private static List<Endpoint> those(
      List<Endpoint> endpoints, @Nullable UpstreamHealth health, boolean areUsed) {
    if (health == null) {
      return areUsed ? endpoints : List.of();
    }
    List<Endpoint> those = new ArrayList<>(areUsed ? endpoints.size() : 0);
    for (Endpoint endpoint : endpoints) {
      if (health.isUsed(health.of(endpoint.address())) == areUsed) {
        those.add(endpoint);
      }
    }
    return those;
  }

  private static List<EndpointHealth> known(
      List<Endpoint> used, List<Endpoint> spare, @Nullable UpstreamHealth health) {
    if (health == null) {
      return List.of();
    }
    List<EndpointHealth> known = new ArrayList<>(used.size() + spare.size());
    for (Endpoint endpoint : used) {
      known.add(health.of(endpoint.address()));
    }
    for (Endpoint endpoint : spare) {
      known.add(health.of(endpoint.address()));
    }
    return known;
  }

  private static List<String> names(List<Endpoint> endpoints) {
    List<String> names = new ArrayList<>(endpoints.size());
    for (Endpoint endpoint : endpoints) {
      names.add(endpoint.name());
    }
    return names;
  }

  /// What is known of endpoint `index`, the others behind those used; null where nobody is ever
  /// left out.
  @Nullable EndpointHealth health(int index) {
    return health.isEmpty() ? null : health.get(index);
  }
}
