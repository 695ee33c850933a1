package dev.lintel.proxy.failure;

import dev.lintel.proxy.failure.ProxyFailure.Kind;
import dev.lintel.proxy.failure.ProxyFailure.Source;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.Status;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.event.Level;

/// The one table of failures: what the client gets, what the log says and how it is counted.
public final class FailureTable {
  private record Row(int status, Level level, String tag, Source source, boolean closes) {}

  private static final Map<Kind, Row> ROWS = new EnumMap<>(Kind.class);
  private static final byte[] SOON = {'1'};
  private static final byte[] UNKNOWN = {};
  private static final byte[][] PAGES = new byte[600][];

  static {
    for (Kind kind : Kind.values()) {
      ROWS.put(kind, row(kind));
    }
    for (int status = 400; status < PAGES.length; status++) {
      PAGES[status] = html(status);
    }
  }

  private FailureTable() {}

  private static Row row(Kind kind) {
    return switch (kind) {
      case BAD_REQUEST -> new Row(400, Level.INFO, "bad-request", Source.CLIENT, true);
      case HEAD_TIMEOUT -> new Row(408, Level.INFO, "head-timeout", Source.CLIENT, true);
      case BODY_TIMEOUT -> new Row(408, Level.INFO, "body-timeout", Source.CLIENT, true);
      case BODY_TOO_SLOW -> new Row(408, Level.INFO, "body-too-slow", Source.CLIENT, true);
      case SOURCE_LIMIT -> new Row(503, Level.INFO, "source-limit", Source.CLIENT, true);
      case CONNECTION_LIMIT -> new Row(503, Level.WARN, "connection-limit", Source.PROXY, true);
      case HANDSHAKE_LIMIT -> new Row(503, Level.WARN, "handshake-limit", Source.PROXY, true);
      case PROXY_HEADER -> new Row(400, Level.INFO, "proxy-header", Source.CLIENT, true);
      case BODY_TOO_LARGE -> new Row(413, Level.INFO, "body-too-large", Source.CLIENT, true);
      case BODY_NOT_STORED -> new Row(503, Level.WARN, "body-not-stored", Source.PROXY, true);
      case LENGTH_REQUIRED -> new Row(411, Level.INFO, "length-required", Source.CLIENT, true);
      case MISDIRECTED -> new Row(421, Level.INFO, "misdirected", Source.CLIENT, true);
      case NO_CLIENT_CERTIFICATE ->
          new Row(400, Level.INFO, "no-client-certificate", Source.CLIENT, true);
      case BAD_CLIENT_CERTIFICATE ->
          new Row(400, Level.INFO, "bad-client-certificate", Source.CLIENT, true);
      case CLIENT_LEFT -> new Row(499, Level.DEBUG, "client-left", Source.CLIENT, true);
      case CLIENT_STALLED -> new Row(499, Level.INFO, "client-stalled", Source.CLIENT, true);
      case NO_ROUTE -> new Row(404, Level.DEBUG, "no-route", Source.PROXY, false);
      case NO_ENDPOINT -> new Row(503, Level.WARN, "no-endpoint", Source.PROXY, false);
      case ROUTE_CLOSED -> new Row(503, Level.DEBUG, "route-closed", Source.PROXY, false);
      case AUTH_UNAVAILABLE -> new Row(500, Level.WARN, "auth-unavailable", Source.UPSTREAM, false);
      case LIMITED -> new Row(503, Level.INFO, "limited", Source.PROXY, false);
      case BREAKER_OPEN -> new Row(503, Level.WARN, "breaker-open", Source.PROXY, false);
      case BULKHEAD_FULL -> new Row(503, Level.WARN, "bulkhead-full", Source.PROXY, false);
      case CONNECT_FAILED -> new Row(502, Level.WARN, "connect-failed", Source.UPSTREAM, false);
      case CONNECT_TIMEOUT -> new Row(504, Level.WARN, "connect-timeout", Source.UPSTREAM, false);
      case UPSTREAM_TLS -> new Row(502, Level.WARN, "upstream-tls", Source.UPSTREAM, false);
      case UPSTREAM_CLOSED -> new Row(502, Level.WARN, "upstream-closed", Source.UPSTREAM, false);
      case UPSTREAM_REFUSED -> new Row(502, Level.WARN, "upstream-refused", Source.UPSTREAM, false);
      case UPSTREAM_READ_TIMEOUT ->
          new Row(504, Level.WARN, "upstream-read-timeout", Source.UPSTREAM, false);
      case DEADLINE -> new Row(504, Level.INFO, "deadline", Source.UPSTREAM, false);
      case UPSTREAM_SEND_TIMEOUT ->
          new Row(504, Level.WARN, "upstream-send-timeout", Source.UPSTREAM, false);
      case NO_WEBSOCKET -> new Row(502, Level.INFO, "no-websocket", Source.UPSTREAM, false);
      case BAD_RESPONSE -> new Row(502, Level.WARN, "bad-response", Source.UPSTREAM, false);
      case RESPONSE_CUT -> new Row(502, Level.WARN, "response-cut", Source.UPSTREAM, true);
      case BAD_REWRITE -> new Row(500, Level.WARN, "bad-rewrite", Source.PROXY, false);
      case OVERLOADED -> new Row(503, Level.DEBUG, "overloaded", Source.PROXY, true);
      case INTERNAL -> new Row(500, Level.ERROR, "internal", Source.PROXY, true);
    };
  }

  /// The status the client gets, or that is logged where it gets none.
  public static int status(ProxyFailure failure) {
    int given = failure.givenStatus();
    return given != 0 ? given : of(failure).status();
  }

  /// How loudly the error log speaks of it; the access log has a line in any case.
  public static Level level(ProxyFailure failure) {
    return of(failure).level();
  }

  /// The word under which it is counted: that of its kind, or the reason why a message was refused
  /// (`bare-lf`).
  public static String tag(ProxyFailure failure) {
    Malformed reason = failure.malformed();
    return reason == null ? of(failure).tag() : reason.reason();
  }

  /// Whether the client's connection must not be used again after the answer: where the end of the
  /// request is in doubt or is not waited for.
  public static boolean closesConnection(ProxyFailure failure) {
    return of(failure).closes();
  }

  /// Whether a page of another upstream may stand in place of ours, where the route has one: not
  /// where the connection closes, or is none of the route's.
  public static boolean mayHavePage(ProxyFailure failure) {
    return !closesConnection(failure);
  }

  /// Whether the upstream that makes the page also says the status. It does where the route's own
  /// could not answer; what refuses a request stays a refusal, and so does a guard without an
  /// answer.
  public static boolean leavesStatusToPage(ProxyFailure failure) {
    return switch (failure.kind()) {
      case NO_ROUTE, NO_ENDPOINT -> true;
      case AUTH_UNAVAILABLE -> false;
      default -> of(failure).source() == Source.UPSTREAM;
    };
  }

  /// The value of `Retry-After`, not to be changed; empty where nothing is known of that.
  public static byte[] retryAfter(ProxyFailure failure) {
    return failure.kind() == Kind.OVERLOADED ? SOON : UNKNOWN;
  }

  /// The page that goes with a status (400 to 599) in the form nginx's users know; not to be
  /// changed. HTTP forbids none of these statuses a body.
  public static byte[] page(int status) {
    return PAGES[status];
  }

  /// The word under which failures of a kind are counted.
  public static String tag(Kind kind) {
    return of(kind).tag();
  }

  /// Whose fault failures of a kind are.
  public static Source source(Kind kind) {
    return of(kind).source();
  }

  private static Row of(ProxyFailure failure) {
    return of(failure.kind());
  }

  private static Row of(Kind kind) {
    Row row = ROWS.get(kind);
    if (row == null) {
      throw new IllegalStateException("every kind has its row, so has " + kind);
    }
    return row;
  }

  private static byte[] html(int status) {
    String words = Status.words(status);
    String title = words.isEmpty() ? Integer.toString(status) : status + " " + words;
    return ("<html>\r\n<head><title>"
            + title
            + "</title></head>\r\n<body>\r\n<center><h1>"
            + title
            + "</h1></center>\r\n<hr><center>lintel</center>\r\n</body>\r\n</html>\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
