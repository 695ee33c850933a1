package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// Of two random endpoints the one that was faster of late (ingress-nginx's `ewma`).
public record FastestResponse() implements Balancer {
  @Override
  public int pick(Candidates from, Choice choice) {
    int one = Draw.one(from);
    int other = one < 0 || from.isTried(one) ? -1 : Draw.other(from, one);
    return other >= 0 && score(from, other) < score(from, one) ? other : one;
  }

  private static double score(Candidates from, int index) {
    EndpointLoad load = from.derived().load(index);
    return load == null ? 0 : load.score(from.nanos());
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
