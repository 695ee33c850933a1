package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// Any endpoint, each as likely as another.
public record AtRandom() implements Balancer {
  @Override
  public int pick(Candidates from, Choice choice) {
    return Draw.one(from);
  }

  @Override
  public List<Derivation> needs() {
    return List.of();
  }
}
