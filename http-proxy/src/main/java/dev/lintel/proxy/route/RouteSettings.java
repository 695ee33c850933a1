package dev.lintel.proxy.route;

import dev.lintel.proxy.body.BodyRules;
import org.jspecify.annotations.Nullable;

/// What a route says about the exchange with its upstream, beyond its filters.
///
/// @param connectTimeoutMillis how long a connection may take to come about
/// @param readTimeoutMillis how long the upstream may be silent, and all tries together take until
///   the first byte of a response
/// @param sendTimeoutMillis how long the upstream may refuse to take bytes
/// @param maxBodyBytes the longest request body, 0 for no limit; longer ones get 413
/// @param tries how often a request is sent at most, the first time included; 0 for no limit but
///   the proxy's own
/// @param retryNonIdempotent whether POST, PATCH and their like are tried again after bytes were
///   sent
/// @param retryTimeoutMillis no new try once so much time has passed; 0 for no limit
/// @param accessLog whether its requests are logged
/// @param bodies what it asks for of bodies; null for nothing
public record RouteSettings(
    int connectTimeoutMillis,
    int readTimeoutMillis,
    int sendTimeoutMillis,
    long maxBodyBytes,
    int tries,
    boolean retryNonIdempotent,
    int retryTimeoutMillis,
    boolean accessLog,
    @Nullable BodyRules bodies) {
  /// Settings of a route that asks for nothing of bodies.
  public RouteSettings(
      int connectTimeoutMillis,
      int readTimeoutMillis,
      int sendTimeoutMillis,
      long maxBodyBytes,
      int tries,
      boolean retryNonIdempotent,
      int retryTimeoutMillis,
      boolean accessLog) {
    this(
        connectTimeoutMillis,
        readTimeoutMillis,
        sendTimeoutMillis,
        maxBodyBytes,
        tries,
        retryNonIdempotent,
        retryTimeoutMillis,
        accessLog,
        null);
  }

  /// ingress-nginx's defaults.
  public static final RouteSettings DEFAULT =
      new RouteSettings(5_000, 60_000, 60_000, 1 << 20, 3, false, 0, true);

  /// The same with another limit for bodies.
  public RouteSettings withMaxBodyBytes(long most) {
    return new RouteSettings(
        connectTimeoutMillis,
        readTimeoutMillis,
        sendTimeoutMillis,
        most,
        tries,
        retryNonIdempotent,
        retryTimeoutMillis,
        accessLog,
        bodies);
  }

  /// The same with other time limits, in milliseconds.
  public RouteSettings withTimeouts(int connect, int read, int send) {
    return new RouteSettings(
        connect,
        read,
        send,
        maxBodyBytes,
        tries,
        retryNonIdempotent,
        retryTimeoutMillis,
        accessLog,
        bodies);
  }

  /// The same with other rules for another try.
  public RouteSettings withRetries(int most, int millis, boolean nonIdempotent) {
    return new RouteSettings(
        connectTimeoutMillis,
        readTimeoutMillis,
        sendTimeoutMillis,
        maxBodyBytes,
        most,
        nonIdempotent,
        millis,
        accessLog,
        bodies);
  }

  /// The same, of a route whose requests are not logged.
  public RouteSettings withoutAccessLog() {
    return new RouteSettings(
        connectTimeoutMillis,
        readTimeoutMillis,
        sendTimeoutMillis,
        maxBodyBytes,
        tries,
        retryNonIdempotent,
        retryTimeoutMillis,
        false,
        bodies);
  }

  /// The same with other rules for bodies.
  public RouteSettings withBodies(BodyRules rules) {
    return new RouteSettings(
        connectTimeoutMillis,
        readTimeoutMillis,
        sendTimeoutMillis,
        maxBodyBytes,
        tries,
        retryNonIdempotent,
        retryTimeoutMillis,
        accessLog,
        rules);
  }
}
