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
  public static final Derived NOTHING = new Derived(List.of(), List.of());

  private final List<String> names;
  private final List<String> out;
  private EndpointLoad @Nullable [] loads;
  private EndpointLoad @Nullable [] outLoads;
  private @Nullable HashRing ring;
  private @Nullable EndpointKeys keys;
  private @Nullable EndpointKeys outKeys;
  private final List<Grouping> groupings = new ArrayList<>(0);

  private record Grouping(int size, Subsets subsets) {}

  private Derived(List<String> names, List<String> out) {
    this.names = names;
    this.out = out;
  }

  /// What `wanted` names, of other endpoints than before. May take milliseconds; not for event
  /// loops.
  ///
  /// @param upstream its name
  /// @param names the endpoints as `address:port`, IPv6 in brackets
  /// @param out those that are left out for a while: they keep their loads, and their keys are
  ///   known
  /// @param before of the set before: the loads of endpoints that stay are kept
  /// @param isFirst whether the upstream had no endpoint so far, so that none of these is younger
  ///   than others
  public static Derived of(
      String upstream,
      List<String> names,
      List<String> out,
      Collection<Derivation> wanted,
      Derived before,
      boolean isFirst,
      long now) {
    if (wanted.isEmpty()) {
      return NOTHING;
    }
    Derived made = new Derived(names, out);
    Derived same = names.equals(before.names) ? before : NOTHING;
    for (Derivation each : wanted) {
      switch (each.kind()) {
        case LOADS -> made.loads(before, isFirst, now);
        case RING -> made.ring = same.ring != null ? same.ring : HashRing.of(names);
        case KEYS -> {
          made.keys = same.keys != null ? same.keys : EndpointKeys.of(upstream, names);
          made.outKeys = out.isEmpty() ? null : EndpointKeys.of(upstream, out);
        }
        case SUBSETS -> {
          Subsets known = same.subsets(each.size());
          made.groupings.add(
              new Grouping(each.size(), known != null ? known : Subsets.of(names, each.size())));
        }
      }
    }
    return made;
  }

  private void loads(Derived before, boolean isFirst, long now) {
    Map<String, EndpointLoad> known = new HashMap<>();
    before.addLoads(known);
    double sum = 0;
    for (EndpointLoad each : known.values()) {
      sum += each.average();
    }
    boolean counted = before.loads != null && !isFirst;
    double average = known.isEmpty() ? 0 : sum / known.size();
    loads = loads(names, known, counted, average, now);
    outLoads = loads(out, known, counted, average, now);
  }

  private void addLoads(Map<String, EndpointLoad> known) {
    EndpointLoad[] used = loads;
    for (int i = 0; used != null && i < used.length; i++) {
      known.put(names.get(i), used[i]);
    }
    EndpointLoad[] others = outLoads;
    for (int i = 0; others != null && i < others.length; i++) {
      known.put(out.get(i), others[i]);
    }
  }

  private static EndpointLoad[] loads(
      List<String> names,
      Map<String, EndpointLoad> known,
      boolean counted,
      double average,
      long now) {
    EndpointLoad[] made = new EndpointLoad[names.size()];
    for (int i = 0; i < made.length; i++) {
      EndpointLoad kept = known.get(names.get(i));
      if (kept != null) {
        made[i] = kept;
      } else if (counted) {
        made[i] = EndpointLoad.fresh(average, now);
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

  /// The keys of those that are left out for a while, or null.
  @Nullable EndpointKeys outKeys() {
    return outKeys;
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
