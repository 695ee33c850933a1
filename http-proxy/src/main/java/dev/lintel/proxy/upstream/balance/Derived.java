package dev.lintel.proxy.upstream.balance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was worked out of one set of endpoints, by the index of each in it. Immutable, but for the
/// loads.
public final class Derived {
  /// Nothing.
  public static final Derived NOTHING = new Derived(List.of());

  private final List<String> names;
  private EndpointLoad @Nullable [] loads;
  private @Nullable HashRing ring;
  private @Nullable EndpointKeys keys;
  private final List<Grouping> groupings = new ArrayList<>(0);

  private record Grouping(int size, Subsets subsets) {}

  private Derived(List<String> names) {
    this.names = names;
  }

  /// What `wanted` names, of other endpoints than before. May take milliseconds; not for event
  /// loops.
  ///
  /// @param upstream its name
  /// @param names the endpoints as `address:port`, IPv6 in brackets
  /// @param before of the set before: the loads of endpoints that stay are kept
  /// @param isFirst whether the upstream had no endpoint so far, so that none of these is younger
  ///   than others
  public static Derived of(
      String upstream,
      List<String> names,
      Collection<Derivation> wanted,
      Derived before,
      boolean isFirst,
      long now) {
    if (wanted.isEmpty()) {
      return NOTHING;
    }
    Derived made = new Derived(names);
    Derived same = names.equals(before.names) ? before : NOTHING;
    for (Derivation each : wanted) {
      switch (each.kind()) {
        case LOADS -> made.loads = loads(names, before, isFirst, now);
        case RING -> made.ring = same.ring != null ? same.ring : HashRing.of(names);
        case KEYS -> made.keys = same.keys != null ? same.keys : EndpointKeys.of(upstream, names);
        case SUBSETS -> {
          Subsets known = same.subsets(each.size());
          made.groupings.add(
              new Grouping(each.size(), known != null ? known : Subsets.of(names, each.size())));
        }
      }
    }
    return made;
  }

  private static EndpointLoad[] loads(
      List<String> names, Derived before, boolean isFirst, long now) {
    EndpointLoad[] made = new EndpointLoad[names.size()];
    Map<String, EndpointLoad> known = new HashMap<>();
    double sum = 0;
    EndpointLoad[] old = before.loads;
    for (int i = 0; old != null && i < old.length; i++) {
      known.put(before.names.get(i), old[i]);
      sum += old[i].average();
    }
    boolean counted = old != null && !isFirst;
    for (int i = 0; i < made.length; i++) {
      EndpointLoad kept = known.get(names.get(i));
      if (kept != null) {
        made[i] = kept;
      } else if (counted) {
        made[i] = EndpointLoad.fresh(known.isEmpty() ? 0 : sum / known.size(), now);
      } else {
        made[i] = EndpointLoad.known(now);
      }
    }
    return made;
  }

  /// The load of endpoint `index`; null where loads are not counted.
  public @Nullable EndpointLoad load(int index) {
    EndpointLoad[] all = loads;
    return all == null ? null : all[index];
  }

  /// The ring, or null.
  public @Nullable HashRing ring() {
    return ring;
  }

  /// The keys, or null.
  public @Nullable EndpointKeys keys() {
    return keys;
  }

  /// The groups of that size, or null.
  public @Nullable Subsets subsets(int size) {
    for (int i = 0; i < groupings.size(); i++) {
      if (groupings.get(i).size() == size) {
        return groupings.get(i).subsets();
      }
    }
    return null;
  }
}
