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
    /// Always: no byte was sent, or none was looked at. Not charged to the retry budget.
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
    /// The body came too slowly for too long.
    BODY_TOO_SLOW,
    /// The body is longer than the route takes.
    BODY_TOO_LARGE,
    /// The body is to be read whole, and there is no room to keep it.
    BODY_NOT_STORED,
    /// The upstream takes bodies of a known length only, and this one is long and has none.
    LENGTH_REQUIRED,
    /// The client's address has as many connections as it may have.
    SOURCE_LIMIT,
    /// There are as many connections of clients as there may be.
    CONNECTION_LIMIT,
    /// There are as many TLS handshakes under way as there may be.
    HANDSHAKE_LIMIT,
    /// The connection does not begin with a PROXY header, or with one of somebody whose word is not
    /// taken.
    PROXY_HEADER,
    /// The host has another TLS policy than the server name of the connection.
    MISDIRECTED,
    /// The host asks for a client certificate, and there is none.
    NO_CLIENT_CERTIFICATE,
    /// The host asks for a client certificate, and takes none like the one that was shown.
    BAD_CLIENT_CERTIFICATE,
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
    /// The service that a route's external authentication asks gave no answer that decides.
    AUTH_UNAVAILABLE,
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
    /// The TLS handshake with the upstream failed: one side refused what the other showed or
    /// offered. No byte of the request was sent.
    UPSTREAM_TLS,
    /// The upstream closed or reset the connection before its response began.
    UPSTREAM_CLOSED,
    /// The upstream said that it did not look at the request (HTTP/2: a refused stream, or one
    /// beyond the last that a closing connection serves).
    UPSTREAM_REFUSED,
    /// The upstream did not answer in time.
    UPSTREAM_READ_TIMEOUT,
    /// The time that the client gave its call is over.
    DEADLINE,
    /// The upstream takes no bytes of the request.
    UPSTREAM_SEND_TIMEOUT,
    /// A WebSocket was asked for, and the upstream does not open one: it speaks HTTP/2 without
    /// WebSockets, or answers as if it was asked for a page, which to a client of HTTP/2 would look
    /// like a WebSocket.
    NO_WEBSOCKET,
    /// The upstream's response is not one that may be forwarded; `malformed` may say why.
    BAD_RESPONSE,
    /// The response ended before it was complete: the client has a part of it already.
    RESPONSE_CUT,
    /// The path is not one that may be forwarded after it was rewritten.
    BAD_REWRITE,
    /// The proxy has too little memory, files or connections left.
    OVERLOADED,
    /// A bug.
    INTERNAL
  }

  public static final ProxyFailure HEAD_TIMEOUT = never(Kind.HEAD_TIMEOUT);
  public static final ProxyFailure BODY_TIMEOUT = never(Kind.BODY_TIMEOUT);
  public static final ProxyFailure BODY_TOO_SLOW = never(Kind.BODY_TOO_SLOW);
  public static final ProxyFailure SOURCE_LIMIT = never(Kind.SOURCE_LIMIT);
  public static final ProxyFailure CONNECTION_LIMIT = never(Kind.CONNECTION_LIMIT);
  public static final ProxyFailure HANDSHAKE_LIMIT = never(Kind.HANDSHAKE_LIMIT);
  public static final ProxyFailure PROXY_HEADER = never(Kind.PROXY_HEADER);
  public static final ProxyFailure BODY_TOO_LARGE = never(Kind.BODY_TOO_LARGE);
  public static final ProxyFailure BODY_NOT_STORED = never(Kind.BODY_NOT_STORED);
  public static final ProxyFailure LENGTH_REQUIRED = never(Kind.LENGTH_REQUIRED);
  public static final ProxyFailure MISDIRECTED = never(Kind.MISDIRECTED);
  public static final ProxyFailure NO_CLIENT_CERTIFICATE = never(Kind.NO_CLIENT_CERTIFICATE);
  public static final ProxyFailure BAD_CLIENT_CERTIFICATE = never(Kind.BAD_CLIENT_CERTIFICATE);
  public static final ProxyFailure CLIENT_LEFT = never(Kind.CLIENT_LEFT);
  public static final ProxyFailure CLIENT_STALLED = never(Kind.CLIENT_STALLED);
  public static final ProxyFailure NO_ROUTE = never(Kind.NO_ROUTE);
  public static final ProxyFailure NO_ENDPOINT = never(Kind.NO_ENDPOINT);
  public static final ProxyFailure ROUTE_CLOSED = never(Kind.ROUTE_CLOSED);
  public static final ProxyFailure AUTH_UNAVAILABLE = never(Kind.AUTH_UNAVAILABLE);
  public static final ProxyFailure LIMITED = limited(503);
  public static final ProxyFailure BREAKER_OPEN = never(Kind.BREAKER_OPEN);
  public static final ProxyFailure BULKHEAD_FULL = never(Kind.BULKHEAD_FULL);
  public static final ProxyFailure BAD_REWRITE = never(Kind.BAD_REWRITE);
  public static final ProxyFailure OVERLOADED = never(Kind.OVERLOADED);
  public static final ProxyFailure INTERNAL = never(Kind.INTERNAL);
  public static final ProxyFailure CONNECT_FAILED = of(Kind.CONNECT_FAILED, Retry.ALWAYS);
  public static final ProxyFailure CONNECT_TIMEOUT = of(Kind.CONNECT_TIMEOUT, Retry.ALWAYS);
  public static final ProxyFailure UPSTREAM_TLS = of(Kind.UPSTREAM_TLS, Retry.ALWAYS);
  public static final ProxyFailure UPSTREAM_CLOSED = of(Kind.UPSTREAM_CLOSED, Retry.IF_IDEMPOTENT);
  public static final ProxyFailure UPSTREAM_REFUSED = of(Kind.UPSTREAM_REFUSED, Retry.ALWAYS);
  public static final ProxyFailure UPSTREAM_READ_TIMEOUT =
      of(Kind.UPSTREAM_READ_TIMEOUT, Retry.IF_IDEMPOTENT);
  public static final ProxyFailure DEADLINE = never(Kind.DEADLINE);
  public static final ProxyFailure UPSTREAM_SEND_TIMEOUT = never(Kind.UPSTREAM_SEND_TIMEOUT);
  public static final ProxyFailure NO_WEBSOCKET = never(Kind.NO_WEBSOCKET);
  public static final ProxyFailure BAD_RESPONSE = never(Kind.BAD_RESPONSE);
  public static final ProxyFailure RESPONSE_CUT = never(Kind.RESPONSE_CUT);

  private static final EnumMap<Malformed, ProxyFailure> REQUESTS = new EnumMap<>(Malformed.class);
  private static final EnumMap<Malformed, ProxyFailure> RESPONSES = new EnumMap<>(Malformed.class);

  static {
    for (Malformed reason : Malformed.values()) {
      REQUESTS.put(
          reason, new ProxyFailure(Kind.BAD_REQUEST, Retry.NEVER, reason.status(), reason));
      RESPONSES.put(reason, new ProxyFailure(Kind.BAD_RESPONSE, Retry.NEVER, 0, reason));
    }
  }

  private final Kind kind;
  private final Retry retry;
  private final int givenStatus;
  private final @Nullable Malformed malformed;

  private ProxyFailure(Kind kind, Retry retry, int givenStatus, @Nullable Malformed malformed) {
    this.kind = kind;
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
    return new ProxyFailure(Kind.LIMITED, Retry.NEVER, status, null);
  }

  /// What happened.
  public Kind kind() {
    return kind;
  }

  /// Whose fault it is.
  public Source source() {
    return FailureTable.source(kind);
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

  private static ProxyFailure never(Kind kind) {
    return new ProxyFailure(kind, Retry.NEVER, 0, null);
  }

  private static ProxyFailure of(Kind kind, Retry retry) {
    return new ProxyFailure(kind, retry, 0, null);
  }

  private static ProxyFailure found(@Nullable ProxyFailure failure, Malformed reason) {
    if (failure == null) {
      throw new IllegalStateException("every reason has its failure, so has " + reason);
    }
    return failure;
  }
}
