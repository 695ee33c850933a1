package dev.lintel.ingress.feature;

import dev.lintel.ingress.snapshot.ObjectKey;

/// Where a feature sends requests of its own, beside those of clients. Equal targets share their
/// connections, whatever routes name them.
///
/// @param host the name or address as written, for `Host` and the TLS handshake
/// @param port the port as written
/// @param isSecure whether TLS is spoken; the certificate is not verified, as with any upstream
/// @param place how its endpoints are found
/// @param pool how its connections are kept
/// @param isShared whether requests share connections of HTTP/2, in clear text; else each has one
///   of HTTP/1.1
public record SideTarget(
    String host, int port, boolean isSecure, Place place, Pool pool, boolean isShared) {
  /// Of HTTP/1.1.
  public SideTarget(String host, int port, boolean isSecure, Place place, Pool pool) {
    this(host, port, isSecure, place, pool, false);
  }

  /// How endpoints are found.
  public sealed interface Place {}

  /// The endpoints of a Service's slices, on the port of the slice with this name (empty: the
  /// unnamed one).
  public record OfService(ObjectKey service, String slicePort) implements Place {}

  /// A name that is looked up, or an address.
  public record ByName() implements Place {}

  /// How connections are kept, on each event loop.
  ///
  /// @param connections how many may wait for their next request
  /// @param requests how many requests one serves
  /// @param seconds how long one may wait
  public record Pool(int connections, int requests, int seconds) {
    /// As many as to any upstream.
    public static final Pool USUAL = new Pool(320, 1_000, 60);
  }

  /// The host as `Host` and URLs have it: an address of IPv6 in brackets.
  public String hostField() {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  @Override
  public String toString() {
    String where =
        switch (place) {
          case OfService(ObjectKey service, String port) ->
              " by endpoints of " + service + (port.isEmpty() ? "" : " port " + port);
          case ByName() -> "";
        };
    String kept =
        pool.equals(Pool.USUAL)
            ? ""
            : " keeping "
                + pool.connections()
                + " for "
                + pool.seconds()
                + " s and "
                + pool.requests()
                + " requests";
    return (isShared ? "h2c://" : isSecure ? "https://" : "http://")
        + hostField()
        + ":"
        + port
        + where
        + kept;
  }
}
