package dev.lintel.proxy.upstream.balance;

import java.util.List;

/// A way to pick an endpoint for a request. Immutable; shared by all loops.
public sealed interface Balancer
    permits InTurn,
        AtRandom,
        LeastRequests,
        FastestResponse,
        SlowStart,
        ByHash,
        BySubset,
        ByCookie {
  /// The index of the endpoint for the next try, of those not tried; -1 where none is left.
  ///
  /// @param choice what the request goes by
  int pick(Candidates from, Choice choice);

  /// What it looks up.
  List<Derivation> needs();

  /// Whether it goes by what endpoints have to do: then its requests are counted there, and
  /// somebody says when each is over.
  default boolean isCounting() {
    return false;
  }
}
