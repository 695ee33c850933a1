package dev.lintel.ingress.plan;

import org.jspecify.annotations.Nullable;

/// That TLS connections of a host go to an upstream unopened.
///
/// @param target where to; null where that cannot be said: they are closed
/// @param proxyVersion the version of the PROXY header that the upstream gets first; 0 for none
public record PassthroughPlan(@Nullable UpstreamKey target, int proxyVersion) {
  @Override
  public String toString() {
    return (target == null ? "closed" : target.toString())
        + (proxyVersion == 0 ? "" : ", PROXY header " + proxyVersion);
  }
}
