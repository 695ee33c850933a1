package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// Of two endpoints the one with fewer requests: the one whose turn it is, unless a random other
/// one has less to do. Where all are idle that is round robin.
public record LeastRequests() implements Balancer {
  @Override
  public int pick(Candidates from, Choice choice) {
    int one = from.inTurn();
    if (one < 0) {
      return one;
    }
    int other = from.isTried(one) ? -1 : Draw.other(from, one);
    return other >= 0 && inFlight(from, other) < inFlight(from, one) ? other : one;
  }

  private static int inFlight(Candidates from, int index) {
    EndpointLoad load = from.derived().load(index);
    return load == null ? 0 : load.inFlight();
  }

  @Override
  public List<Derivation> needs() {
    return List.of(Derivation.LOADS);
  }

  @Override
  public boolean isCounting() {
    return true;
  }
}
