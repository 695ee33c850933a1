package dev.lintel.proxy.observe;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What requests are told apart by: text with the variables of the access log that are known before
/// an upstream is asked, such as `$remote_addr$request_uri`. Compiled once; immutable, shared by
/// all loops.
public final class KeyExpression {
  private static final Set<LogVariable> KNOWN =
      Collections.unmodifiableSet(
          EnumSet.of(
              LogVariable.REMOTE_ADDR,
              LogVariable.THE_REAL_IP,
              LogVariable.REMOTE_PORT,
              LogVariable.REMOTE_USER,
              LogVariable.REQUEST,
              LogVariable.REQUEST_METHOD,
              LogVariable.REQUEST_URI,
              LogVariable.URI,
              LogVariable.ARGS,
              LogVariable.QUERY_STRING,
              LogVariable.SERVER_PROTOCOL,
              LogVariable.SCHEME,
              LogVariable.PASS_ACCESS_SCHEME,
              LogVariable.HTTPS,
              LogVariable.HOST,
              LogVariable.HTTP_HOST,
              LogVariable.BEST_HTTP_HOST,
              LogVariable.SERVER_NAME,
              LogVariable.REQ_ID,
              LogVariable.REQUEST_ID,
              LogVariable.CONNECTION,
              LogVariable.PROXY_UPSTREAM_NAME,
              LogVariable.NAMESPACE,
              LogVariable.INGRESS_NAME,
              LogVariable.SERVICE_NAME,
              LogVariable.SERVICE_PORT,
              LogVariable.LOCATION_PATH));

  private final LogVariable.Writer[] segments;
  private final List<String> unknown;

  private KeyExpression(VariableText text) {
    this.segments = text.segments();
    this.unknown = text.unknown();
  }

  /// Compiles an expression. Never fails: a variable that is not known is always empty, and stands
  /// in [#unknownVariables].
  public static KeyExpression compile(String expression) {
    return new KeyExpression(VariableText.of(expression, KNOWN));
  }

  /// The variables in it that nobody can fill, as they are written (`$upstream_addr`).
  public List<String> unknownVariables() {
    return unknown;
  }

  void write(LogLine line, FinishedRequest request) {
    line.begin();
    for (LogVariable.Writer segment : segments) {
      segment.write(line, request);
    }
  }
}
