package dev.lintel.ingress.feature.ratelimit;

import dev.lintel.ingress.feature.Cidr;
import java.util.List;

/// The limits of one Ingress for one client address; 0 switches a limit off.
///
/// @param rps requests a second
/// @param rpm requests a minute
/// @param burstMultiplier requests beyond the rate that may come at once, as a multiple of it
/// @param connections requests in flight at once
/// @param exempt addresses without limits
/// @param requestStatus answer to requests over a rate
/// @param connectionStatus answer to requests over the number in flight
public record RateLimitSettings(
    int rps,
    int rpm,
    int burstMultiplier,
    int connections,
    List<Cidr> exempt,
    int requestStatus,
    int connectionStatus) {
  /// What a plan leaves out.
  public static final RateLimitSettings DEFAULTS =
      new RateLimitSettings(0, 0, 5, 0, List.of(), 503, 503);
}
