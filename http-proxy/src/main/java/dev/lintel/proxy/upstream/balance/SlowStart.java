package dev.lintel.proxy.upstream.balance;

import java.util.ArrayList;
import java.util.List;

/// Gives an endpoint that came just now less than its share, more from second to second: it is
/// passed by as often as its share is below one, for another one at random. Where all are new, all
/// are alike.
///
/// @param by picks
/// @param nanos how long it takes to the full share
public record SlowStart(Balancer by, long nanos) implements Balancer {
  private static final double LEAST = 0.05;
  private static final int MOST_DRAWS = 16;
  private static final int SCALE = 1 << 20;

  @Override
  public int pick(Candidates from, Choice choice) {
    int picked = by.pick(from, choice);
    for (int draws = 0; draws < MOST_DRAWS && picked >= 0 && isPassedBy(from, picked); draws++) {
      picked = Draw.one(from);
    }
    return picked;
  }

  private boolean isPassedBy(Candidates from, int index) {
    EndpointLoad load = from.derived().load(index);
    if (load == null) {
      return false;
    }
    double share = share(load.age(from.nanos()));
    return share < 1 && from.random(SCALE) >= share * SCALE;
  }

  /// The share of an endpoint of that age in nanoseconds, as a part of the share of the others.
  double share(long age) {
    return age >= nanos ? 1 : Math.max(LEAST, (double) age / nanos);
  }

  @Override
  public List<Derivation> needs() {
    List<Derivation> needs = new ArrayList<>(by.needs());
    if (!needs.contains(Derivation.LOADS)) {
      needs.add(Derivation.LOADS);
    }
    return needs;
  }

  @Override
  public boolean isCounting() {
    return by.isCounting();
  }
}
