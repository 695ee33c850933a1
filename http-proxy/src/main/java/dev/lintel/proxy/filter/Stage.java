package dev.lintel.proxy.filter;

/// When a filter runs. The order is nginx's, so precedence is what migrating users already rely on.
public enum Stage {
  /// Redirects, CORS preflight, closed routes: answered before any limit is charged.
  REWRITE,
  /// Connection and request limits: a flood must not reach the auth service.
  PREACCESS,
  /// Address lists, basic auth, external auth; combined as `satisfy` says.
  ACCESS,
  /// Mirroring.
  PRECONTENT,
  /// Path and header changes for the upstream request.
  UPSTREAM
}
