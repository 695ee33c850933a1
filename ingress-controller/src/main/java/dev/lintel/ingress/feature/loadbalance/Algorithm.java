package dev.lintel.ingress.feature.loadbalance;

import dev.lintel.ingress.feature.loadbalance.LoadBalanceSettings.Way;

/// The words of `load-balance`.
enum Algorithm {
  ROUND_ROBIN("round_robin", Way.ROUND_ROBIN),
  EWMA("ewma", Way.EWMA),
  LEAST_REQUEST("least_request", Way.LEAST_REQUEST),
  RANDOM("random", Way.RANDOM);

  private final String word;
  private final Way way;

  Algorithm(String word, Way way) {
    this.word = word;
    this.way = way;
  }

  Way way() {
    return way;
  }

  @Override
  public String toString() {
    return word;
  }
}
