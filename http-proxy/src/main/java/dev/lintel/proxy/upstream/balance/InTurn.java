package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// Round robin, for where it cannot be left to the pool.
public record InTurn() implements Balancer {
  @Override
  public int pick(Candidates from, Choice choice) {
    return from.inTurn();
  }

  @Override
  public List<Derivation> needs() {
    return List.of();
  }
}
