package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// The same endpoint for the same hash. Other tries go where the hash would belong to if those
/// tried were not on the ring, the same ones for the same hash again.
public record ByHash() implements Balancer {
  @Override
  public int pick(Candidates from, Choice choice) {
    HashRing ring = from.derived().ring();
    if (ring == null) {
      return from.inTurn();
    }
    if (from.mayRepeat() && from.last() >= 0) {
      return from.last();
    }
    return ring.untried(choice.hash(), from);
  }

  @Override
  public List<Derivation> needs() {
    return List.of(Derivation.RING);
  }
}
