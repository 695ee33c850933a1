package dev.lintel.ingress.feature;

/// What a feature may know of the route it reads its settings for.
///
/// @param host the host as the plan has it: exact, `*.suffix`, or empty for the catch-all
/// @param path the path as the Ingress has it
/// @param isRegex whether the paths of this host are regular expressions
/// @param hasCertificate whether the host has a certificate entry: its own, that of a wildcard, or
///   the default certificate assigned through a `tls` section
/// @param isCatchAll whether it is an Ingress's `defaultBackend` that serves whatever nothing else
///   does; redirects and rewrites do not apply there
/// @param appRoot where `/` of the host is redirected to; empty where it is not, and for routes
///   that never serve `/`
/// @param defaultBackend who answers for what nothing else does
/// @param isByClientAddress whether its Service wants the requests of one client address at one
///   endpoint
public record RouteContext(
    String host,
    String path,
    boolean isRegex,
    boolean hasCertificate,
    boolean isCatchAll,
    String appRoot,
    HostRules.DefaultBackend defaultBackend,
    boolean isByClientAddress) {
  /// A place to read what concerns a whole host.
  public static RouteContext ofHost(String host) {
    return new RouteContext(
        host, "/", false, false, false, "", HostRules.DefaultBackend.NONE, false);
  }

  /// The same for a route to such a Service, or to another one.
  public RouteContext byClientAddress(boolean isWanted) {
    return isWanted == isByClientAddress
        ? this
        : new RouteContext(
            host, path, isRegex, hasCertificate, isCatchAll, appRoot, defaultBackend, isWanted);
  }
}
