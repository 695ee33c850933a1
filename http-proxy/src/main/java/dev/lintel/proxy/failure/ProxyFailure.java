package dev.lintel.proxy.failure;

import dev.lintel.proxy.message.Malformed;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;

/// What went wrong with a request: constants, made once and compared by identity. What becomes of
/// it is said by [FailureTable] alone.
public final class ProxyFailure {
  /// Whose fault it is.
  public enum Source {
    /// The client's: it sent something wrong, too much, too slowly, or left.
    CLIENT,
    /// The upstream's, or that of the way to it.
    UPSTREAM,
    /// The proxy's: its configuration, its limits or a bug.
    PROXY
  }

  /// When another try may help.
  public enum Retry {
    /// Never.
    NEVER,
    /// Where the method is idempotent, no byte of the body is used up and none of a response came.
    IF_IDEMPOTENT,
    /// Always: no byte was sent. Not charged to the retry budget.
    ALWAYS
  }

  /// The kinds of failure; each has one row in [FailureTable].
  public enum Kind {
    /// The request is not one that may be forwarded; `malformed` says why.
    BAD_REQUEST,
    /// The head did not arrive in time.
    HEAD_TIMEOUT,
    /// The body did not arrive in time.
    BODY_TIMEOUT,
    /// The body is longer than the route takes.
    BODY_TOO_LARGE,
    /// The host has another TLS policy than the server name of the connection.
    MISDIRECTED,
    /// The client left before its answer was complete.
    CLIENT_LEFT,
    /// The client takes no bytes of the response.
    CLIENT_STALLED,
    /// Nobody serves this host or path.
    NO_ROUTE,
    /// The upstream has no endpoint.
    NO_ENDPOINT,
    /// A guard of the route cannot be honoured, so the route is closed.
    ROUTE_CLOSED,
    /// A limit of the route is reached.
    LIMITED,
    /// The circuit breaker of the upstream is open.
    BREAKER_OPEN,
    /// As many requests as the upstream may have are on their way.
    BULKHEAD_FULL,
    /// No connection came about.
    CONNECT_FAILED,
    /// No connection came about in time.
    CONNECT_TIMEOUT,
    /// The upstream closed or reset the connection before its response began.
    UPSTREAM_CLOSED,
    /// The upstream did not answer in time.
    UPSTREAM_READ_TIMEOUT,
    /// The upstream takes no bytes of the request.
    UPSTREAM_SEND_TIMEOUT,
    /// The upstream's response is not one that may be forwarded; `malformed` may say why.
    BAD_RESPONSE,
    /// The response ended before it was complete: the client has a part of it already.
    RESPONSE_CUT,
    /// The path is not one that may be forwarded after it was rewritten.
    BAD_REWRITE,
    /// A bug.
    INTERNAL
  }

  public static final ProxyFailure HEAD_TIMEOUT = client(Kind.HEAD_TIMEOUT);
  public static final ProxyFailure BODY_TIMEOUT = client(Kind.BODY_TIMEOUT);
  public static final ProxyFailure BODY_TOO_LARGE = client(Kind.BODY_TOO_LARGE);
  public static final ProxyFailure MISDIRECTED = client(Kind.MISDIRECTED);
  public static final ProxyFailure CLIENT_LEFT = client(Kind.CLIENT_LEFT);
  public static final ProxyFailure CLIENT_STALLED = client(Kind.CLIENT_STALLED);
  public static final ProxyFailure NO_ROUTE = proxy(Kind.NO_ROUTE);
  public static final ProxyFailure NO_ENDPOINT = proxy(Kind.NO_ENDPOINT);
  public static final ProxyFailure ROUTE_CLOSED = proxy(Kind.ROUTE_CLOSED);
  public static final ProxyFailure LIMITED = limited(503);
  public static final ProxyFailure BREAKER_OPEN = proxy(Kind.BREAKER_OPEN);
  public static final ProxyFailure BULKHEAD_FULL = proxy(Kind.BULKHEAD_FULL);
  public static final ProxyFailure BAD_REWRITE = proxy(Kind.BAD_REWRITE);
  public static final ProxyFailure INTERNAL = proxy(Kind.INTERNAL);
  public static final ProxyFailure CONNECT_FAILED = upstream(Kind.CONNECT_FAILED, Retry.ALWAYS);
  public static final ProxyFailure CONNECT_TIMEOUT = upstream(Kind.CONNECT_TIMEOUT, Retry.ALWAYS);
  public static final ProxyFailure UPSTREAM_CLOSED =
      upstream(Kind.UPSTREAM_CLOSED, Retry.IF_IDEMPOTENT);
  public static final ProxyFailure UPSTREAM_READ_TIMEOUT =
      upstream(Kind.UPSTREAM_READ_TIMEOUT, Retry.IF_IDEMPOTENT);
  public static final ProxyFailure UPSTREAM_SEND_TIMEOUT =
      upstream(Kind.UPSTREAM_SEND_TIMEOUT, Retry.NEVER);
  public static final ProxyFailure BAD_RESPONSE = upstream(Kind.BAD_RESPONSE, Retry.NEVER);
  public static final ProxyFailure RESPONSE_CUT = upstream(Kind.RESPONSE_CUT, Retry.NEVER);

  private static final EnumMap<Malformed, ProxyFailure> REQUESTS = new EnumMap<>(Malformed.class);
  private static final EnumMap<Malformed, ProxyFailure> RESPONSES = new EnumMap<>(Malformed.class);

  static {
    for (Malformed reason : Malformed.values()) {
      REQUESTS.put(
          reason,
          new ProxyFailure(Kind.BAD_REQUEST, Source.CLIENT, Retry.NEVER, reason.status(), reason));
      RESPONSES.put(
          reason, new ProxyFailure(Kind.BAD_RESPONSE, Source.UPSTREAM, Retry.NEVER, 0, reason));
    }
  }

  private final Kind kind;
  private final Source source;
  private final Retry retry;
  private final int givenStatus;
  private final @Nullable Malformed malformed;

  private ProxyFailure(
      Kind kind, Source source, Retry retry, int givenStatus, @Nullable Malformed malformed) {
    this.kind = kind;
    this.source = source;
    this.retry = retry;
    this.givenStatus = givenStatus;
    this.malformed = malformed;
  }

  /// A request that is refused for that reason; the same object each time.
  public static ProxyFailure request(Malformed reason) {
    return found(REQUESTS.get(reason), reason);
  }

  /// A response that is refused for that reason; the same object each time.
  public static ProxyFailure response(Malformed reason) {
    return found(RESPONSES.get(reason), reason);
  }

  /// A limit that answers with `status` (400 to 599). Made when a route is linked, not per request.
  public static ProxyFailure limited(int status) {
    return new ProxyFailure(Kind.LIMITED, Source.PROXY, Retry.NEVER, status, null);
  }

  /// What happened.
  public Kind kind() {
    return kind;
  }

  /// Whose fault it is.
  public Source source() {
    return source;
  }

  /// When another try may help.
  public Retry retry() {
    return retry;
  }

  /// Why a request or a response was refused, or null for all other kinds.
  public @Nullable Malformed malformed() {
    return malformed;
  }

  /// The status that the failure itself prescribes, 0 where its kind does.
  int givenStatus() {
    return givenStatus;
  }

  @Override
  public String toString() {
    return FailureTable.tag(this);
  }

  private static ProxyFailure client(Kind kind) {
    return new ProxyFailure(kind, Source.CLIENT, Retry.NEVER, 0, null);
  }

  private static ProxyFailure proxy(Kind kind) {
    return new ProxyFailure(kind, Source.PROXY, Retry.NEVER, 0, null);
  }

  private static ProxyFailure upstream(Kind kind, Retry retry) {
    return new ProxyFailure(kind, Source.UPSTREAM, retry, 0, null);
  }

  private static ProxyFailure found(@Nullable ProxyFailure failure, Malformed reason) {
    if (failure == null) {
      throw new IllegalStateException("every reason has its failure, so has " + reason);
    }
    return failure;
  }
}
