package dev.lintel.ingress.feature.loadbalance;

import java.util.Locale;

/// How endpoints are picked.
///
/// @param hashBy what requests are told apart by; empty where no hash is wanted
/// @param subsetSize how many endpoints serve one hash; 0 for one
/// @param slowStart seconds until a new endpoint has its full share; 0 for at once
public record LoadBalanceSettings(Way way, String hashBy, int subsetSize, int slowStart) {
  /// What a plan leaves out.
  public static final LoadBalanceSettings DEFAULTS =
      new LoadBalanceSettings(Way.ROUND_ROBIN, "", 0, 0);

  /// The ways to pick.
  public enum Way {
    ROUND_ROBIN,
    EWMA,
    LEAST_REQUEST,
    RANDOM,
    /// By the hash of an expression.
    HASH,
    /// By the hash of the client's address.
    CLIENT_ADDRESS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
