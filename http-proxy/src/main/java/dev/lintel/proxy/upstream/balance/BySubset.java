package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// One of the same few endpoints, at random, for the same hash; when all of them were tried, any
/// other.
///
/// @param size how many they are
public record BySubset(int size) implements Balancer {
  @Override
  public int pick(Candidates from, Choice choice) {
    Subsets subsets = from.derived().subsets(size);
    if (subsets == null) {
      return from.inTurn();
    }
    int picked = subsets.pick(choice.hash(), from);
    return picked >= 0 ? picked : Draw.one(from);
  }

  @Override
  public List<Derivation> needs() {
    return List.of(Derivation.subsets(size));
  }
}
