package dev.lintel.proxy.upstream.balance;

/// Several targets of one route, each with its share of the requests. Immutable.
public final class Weights {
  private final int[] ends;

  private Weights(int[] ends) {
    this.ends = ends;
  }

  /// Targets with these weights, in order.
  ///
  /// @param weights none is negative, and their sum is an `int` above 0
  /// @throws IllegalArgumentException if they are others
  public static Weights of(int... weights) {
    int[] ends = new int[weights.length];
    long sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] < 0) {
        throw new IllegalArgumentException("a weight of " + weights[i]);
      }
      sum += weights[i];
      ends[i] = (int) Math.min(Integer.MAX_VALUE, sum);
    }
    if (sum <= 0 || sum > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("weights with a sum of " + sum);
    }
    return new Weights(ends);
  }

  /// The sum of all.
  public int total() {
    return ends[ends.length - 1];
  }

  /// The target that a number from 0 to [#total] - 1 stands for: of equally likely numbers each
  /// gets as many as it weighs.
  public int pick(int number) {
    int at = 0;
    while (number >= ends[at]) {
      at++;
    }
    return at;
  }
}
