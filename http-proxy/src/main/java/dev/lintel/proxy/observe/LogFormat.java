package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The format of the access log, compiled once: text between variables, and what writes each
/// variable. Immutable, shared by all loops.
///
/// Variables are written `$name` or `${name}` as in nginx; `$http_NAME` is a field of the request,
/// `$cookie_NAME` a cookie, `$arg_NAME` an argument of its query, `$sent_http_NAME` a field of the
/// answer, `$upstream_http_NAME` one of the upstream's last response.
public final class LogFormat {
  /// ingress-nginx's `log-format-upstream`.
  public static final String UPSTREAM =
      "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
          + " \"$http_referer\" \"$http_user_agent\" $request_length $request_time"
          + " [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr"
          + " $upstream_response_length $upstream_response_time $upstream_status $req_id";

  /// Which requests are left out of the log.
  @FunctionalInterface
  public interface Skip {
    /// Whether a request of this target, as it came, is.
    boolean skips(Slice target);
  }

  private static final HeaderName[] NONE = {};

  private final LogVariable.Writer[] segments;
  private final HeaderName[] sent;
  private final HeaderName[] upstream;
  private final List<String> unknown;
  private final Escape escape;
  private final @Nullable Skip skip;

  private LogFormat(VariableText text, Escape escape) {
    this.segments = text.segments();
    this.unknown = text.unknown();
    this.sent = text.sent().length == 0 ? NONE : text.sent();
    this.upstream = text.upstream().length == 0 ? NONE : text.upstream();
    this.escape = escape;
    this.skip = null;
  }

  private LogFormat(LogFormat like, Skip skip) {
    this.segments = like.segments;
    this.unknown = like.unknown;
    this.sent = like.sent;
    this.upstream = like.upstream;
    this.escape = like.escape;
    this.skip = skip;
  }

  /// The same without some requests.
  public LogFormat without(Skip skipped) {
    return new LogFormat(this, skipped);
  }

  /// Whether a request has a line.
  boolean has(FinishedRequest request) {
    return skip == null || !skip.skips(request.target());
  }

  /// Compiles a format with nginx's escaping.
  public static LogFormat compile(String format) {
    return compile(format, Escape.DEFAULT);
  }

  /// Compiles a format. Never fails: a variable that is not known is always empty, and stands in
  /// [#unknownVariables].
  public static LogFormat compile(String format, Escape escape) {
    return new LogFormat(VariableText.of(format, LogVariable.ALL), escape);
  }

  /// The variables in it that nobody can fill, as they are written (`$geoip_city`).
  public List<String> unknownVariables() {
    return unknown;
  }

  /// The fields of the client's response that it asks for, mostly none; not to be changed.
  public HeaderName[] sentFields() {
    return sent;
  }

  /// The fields of the upstream's response that it asks for, mostly none; not to be changed.
  public HeaderName[] upstreamFields() {
    return upstream;
  }

  void write(LogLine line, FinishedRequest request) {
    line.begin(escape);
    for (LogVariable.Writer segment : segments) {
      segment.write(line, request);
    }
    line.end();
  }
}
