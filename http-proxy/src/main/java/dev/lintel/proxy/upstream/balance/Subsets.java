package dev.lintel.proxy.upstream.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Endpoints in groups of one size, and a ring of the groups. The last group is filled up with the
/// first endpoints. They are sorted by name, so that every replica makes the same groups.
/// Immutable.
public final class Subsets {
  private final int size;
  private final int[] members;
  private final HashRing ring;

  private Subsets(int size, int[] members, HashRing ring) {
    this.size = size;
    this.members = members;
    this.ring = ring;
  }

  /// Groups of `size` of these endpoints.
  ///
  /// @param size at least 1
  static Subsets of(List<String> names, int size) {
    List<Integer> sorted = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      sorted.add(i);
    }
    sorted.sort(Comparator.comparing(names::get));
    int count = (names.size() + size - 1) / size;
    int[] members = new int[count * size];
    for (int i = 0; i < members.length; i++) {
      members[i] = sorted.get(i % names.size());
    }
    List<String> groups = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      groups.add("set" + i);
    }
    return new Subsets(size, members, HashRing.of(groups));
  }

  /// A random endpoint, of those not tried, of the group that `hash` belongs to; -1 where there is
  /// none.
  int pick(int hash, Candidates from) {
    int group = ring.indexOf(hash);
    if (group < 0) {
      return -1;
    }
    int first = group * size;
    int left = 0;
    for (int i = first; i < first + size; i++) {
      left += from.isTried(members[i]) ? 0 : 1;
    }
    if (left == 0) {
      return -1;
    }
    int skip = from.random(left);
    int at = first;
    while (from.isTried(members[at]) || skip-- > 0) {
      at++;
    }
    return members[at];
  }
}
