package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A text with nginx's variables in it, cut into what writes each part.
final class VariableText {
  private static final String FIELD = "http_";
  private static final String COOKIE = "cookie_";
  private static final String ARGUMENT = "arg_";
  private static final String SENT = "sent_http_";
  private static final String UPSTREAM = "upstream_http_";

  private final Set<LogVariable> known;
  private final List<LogVariable.Writer> segments = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private final List<HeaderName> sent = new ArrayList<>();
  private final List<HeaderName> upstream = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  private VariableText(Set<LogVariable> known) {
    this.known = known;
  }

  /// Cuts a text.
  ///
  /// @param known the variables it may use, beside those of the request's fields, cookies and
  ///   arguments; where all are known, so are those of the response's fields
  static VariableText of(String source, Set<LogVariable> known) {
    VariableText made = new VariableText(known);
    made.cut(source);
    return made;
  }

  /// What writes each part, in order.
  LogVariable.Writer[] segments() {
    return segments.toArray(LogVariable.Writer[]::new);
  }

  /// The variables that nobody can fill, as they are written.
  List<String> unknown() {
    return List.copyOf(unknown);
  }

  /// The fields of the client's response that it asks for.
  HeaderName[] sent() {
    return sent.toArray(HeaderName[]::new);
  }

  /// The fields of the upstream's last response that it asks for.
  HeaderName[] upstream() {
    return upstream.toArray(HeaderName[]::new);
  }

  private void cut(String source) {
    int at = 0;
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c != '$') {
        text.append(c);
        at++;
        continue;
      }
      boolean braced = source.startsWith("{", at + 1);
      int start = at + (braced ? 2 : 1);
      int end = start;
      while (end < source.length() && isNamePart(source.charAt(end))) {
        end++;
      }
      boolean closed = !braced || source.startsWith("}", end);
      int next = braced && closed ? end + 1 : end;
      if (end == start || !closed) {
        unknown.add(source.substring(at, Math.max(next, at + 1)));
        text.append('-');
        at = Math.max(next, at + 1);
      } else {
        variable(source.substring(start, end));
        at = next;
      }
    }
    endOfText();
  }

  private void variable(String name) {
    endOfText();
    LogVariable variable = LogVariable.named(name);
    if (variable != null && known.contains(variable)) {
      segments.add(variable.writer());
    } else if (isOf(FIELD, name)) {
      HeaderName field = field(name.substring(FIELD.length()));
      segments.add((line, request) -> line.text(request.requestField(field)));
    } else if (isOf(COOKIE, name)) {
      HeaderName cookie = HeaderName.of(name.substring(COOKIE.length()));
      segments.add((line, request) -> line.text(request.cookie(cookie)));
    } else if (isOf(ARGUMENT, name)) {
      HeaderName argument = HeaderName.of(name.substring(ARGUMENT.length()));
      segments.add((line, request) -> LogVariable.argument(line, request.target(), argument));
    } else if (isOf(SENT, name) && known.equals(LogVariable.ALL)) {
      int i = sent.size();
      sent.add(field(name.substring(SENT.length())));
      segments.add((line, request) -> line.text(request.sentField(i)));
    } else if (isOf(UPSTREAM, name) && known.equals(LogVariable.ALL)) {
      int i = upstream.size();
      upstream.add(field(name.substring(UPSTREAM.length())));
      segments.add((line, request) -> line.text(request.upstreamField(i)));
    } else {
      unknown.add("$" + name);
      segments.add((line, _) -> line.nothing());
    }
  }

  private static HeaderName field(String variable) {
    return HeaderName.of(variable.replace('_', '-'));
  }

  private static boolean isOf(String family, String name) {
    return name.startsWith(family) && name.length() > family.length();
  }

  private void endOfText() {
    if (!text.isEmpty()) {
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      segments.add((line, _) -> line.raw(bytes));
      text.setLength(0);
    }
  }

  private static boolean isNamePart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }
}
