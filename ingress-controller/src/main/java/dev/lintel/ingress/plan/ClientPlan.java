package dev.lintel.ingress.plan;

/// What the ConfigMap says about connections from clients; times in seconds.
///
/// @param header how long a request's head may take in all (`client-header-timeout`)
/// @param body how long a client may be silent within a body (`client-body-timeout`)
/// @param keepAlive how long a connection may wait for its next request; 0 closes an HTTP/1.1
///   connection after each answer (`keep-alive`)
/// @param requests how many requests an HTTP/1.1 connection serves (`keep-alive-requests`)
/// @param http2Requests how many requests an HTTP/2 connection serves (the same key)
/// @param underscores whether field names with underscores go on (`enable-underscores-in-headers`)
/// @param ignoresInvalid whether field names beyond letters, digits and `-` are left out
///   (`ignore-invalid-headers`)
/// @param perSource how many connections a source may have at a time; 0 for any number
///   (`connections-per-source`)
/// @param makesRequestIds whether requests that bring no X-Request-ID get one
///   (`generate-request-id`)
/// @param http3 whether they may be of HTTP/3 (`use-http3`)
public record ClientPlan(
    int header,
    int body,
    int keepAlive,
    int requests,
    int http2Requests,
    boolean underscores,
    boolean ignoresInvalid,
    int perSource,
    boolean makesRequestIds,
    boolean http3) {
  /// Where the ConfigMap says nothing. A head's time is shorter than ingress-nginx's 60 seconds and
  /// holds for the whole head; HTTP/2 connections serve ten times as many requests.
  public static final ClientPlan USUAL =
      new ClientPlan(10, 60, 75, 1_000, 10_000, false, true, 0, true, false);
}
