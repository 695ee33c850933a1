package dev.lintel.proxy.upstream.balance;

/// Something worked out of a set of endpoints before anything is picked from it.
///
/// @param size the size of the groups; 0 for all but [Kind#SUBSETS]
public record Derivation(Kind kind, int size) {
  /// What there is to work out.
  public enum Kind {
    /// An [EndpointLoad] for each endpoint.
    LOADS,
    /// A [HashRing] of the endpoints.
    RING,
    /// [EndpointKeys].
    KEYS,
    /// [Subsets] of one size.
    SUBSETS
  }

  static final Derivation LOADS = new Derivation(Kind.LOADS, 0);
  static final Derivation RING = new Derivation(Kind.RING, 0);
  static final Derivation KEYS = new Derivation(Kind.KEYS, 0);

  static Derivation subsets(int size) {
    return new Derivation(Kind.SUBSETS, size);
  }
}
