package dev.lintel.proxy.filter;

/// The place of every filter: the whole order of one request, read from top to bottom (nginx's
/// order).
public enum Rank {
  /// Which trace the request belongs to: whatever becomes of it is seen in that.
  TRACE(Stage.REWRITE),
  /// Clients show the certificate that their handshake was asked for.
  CLIENT_CERTIFICATE(Stage.REWRITE),
  /// Calls of gRPC-Web are translated; nothing of their body has come yet.
  GRPC_WEB(Stage.REWRITE),
  /// Clients that the whole proxy refuses.
  BLOCK_LIST(Stage.REWRITE),
  /// `/` alone goes to the application's root.
  APP_ROOT(Stage.REWRITE),
  /// CORS preflight requests are answered.
  CORS_PREFLIGHT(Stage.REWRITE),
  /// Temporal and permanent redirects.
  REDIRECT(Stage.REWRITE),
  /// `/foo` goes to `/foo/` where only the latter is served.
  TRAILING_SLASH(Stage.REWRITE),
  /// A route closed by a guard that cannot be honoured answers 503.
  CLOSED_ROUTE(Stage.REWRITE),
  /// Plain HTTP goes to HTTPS.
  SSL_REDIRECT(Stage.REWRITE),
  /// Without TLS there is no client certificate.
  PLAIN_CLIENT(Stage.REWRITE),
  /// 503 at once where the upstream has no endpoint.
  NO_ENDPOINT(Stage.REWRITE),
  /// Concurrent connections of one client.
  CONNECTION_LIMIT(Stage.PREACCESS),
  /// Request rate of one client.
  REQUEST_LIMIT(Stage.PREACCESS),
  /// Addresses that are refused, and those that are let in.
  ACCESS_LIST(Stage.ACCESS),
  /// User name and password.
  BASIC_AUTH(Stage.ACCESS),
  /// Another service decides.
  EXTERNAL_AUTH(Stage.ACCESS),
  /// Behind guards of which any one suffices: whom none let in is refused.
  SATISFY_ANY(Stage.ACCESS),
  /// A copy of the request goes elsewhere.
  MIRROR(Stage.PRECONTENT),
  /// The path the upstream sees.
  REWRITE_TARGET(Stage.UPSTREAM),
  /// Header fields the upstream sees.
  UPSTREAM_HEADERS(Stage.UPSTREAM),
  /// What the endpoint is picked by, where that is not its turn.
  ENDPOINT(Stage.UPSTREAM);

  private final Stage stage;

  Rank(Stage stage) {
    this.stage = stage;
  }

  /// The stage this place belongs to.
  public Stage stage() {
    return stage;
  }
}
