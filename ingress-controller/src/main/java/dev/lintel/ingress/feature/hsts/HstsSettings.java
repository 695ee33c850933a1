package dev.lintel.ingress.feature.hsts;

/// What browsers are to remember.
///
/// @param maxAge for how many seconds
/// @param includeSubdomains whether for the hosts below as well
/// @param preload whether for the lists that browsers are shipped with
public record HstsSettings(long maxAge, boolean includeSubdomains, boolean preload) {
  /// What a plan leaves out.
  public static final HstsSettings DEFAULTS = new HstsSettings(31_536_000, true, false);

  String value() {
    return "max-age="
        + maxAge
        + (includeSubdomains ? "; includeSubDomains" : "")
        + (preload ? "; preload" : "");
  }
}
