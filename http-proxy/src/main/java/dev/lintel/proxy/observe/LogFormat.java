package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The format of the access log, compiled once: text between variables, and what writes each
/// variable. Immutable, shared by all loops.
///
/// Variables are written `$name` or `${name}` as in nginx; `$http_NAME` is a field of the request.
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

  private static final String FIELD = "http_";

  private final LogVariable.Writer[] segments;
  private final HeaderName[] requestFields;
  private final List<String> unknown;
  private final Escape escape;
  private final @Nullable Skip skip;

  private LogFormat(Compiler compiler, Escape escape) {
    this.segments = compiler.segments.toArray(LogVariable.Writer[]::new);
    this.requestFields = compiler.fields.toArray(HeaderName[]::new);
    this.unknown = List.copyOf(compiler.unknown);
    this.escape = escape;
    this.skip = null;
  }

  private LogFormat(LogFormat like, Skip skip) {
    this.segments = like.segments;
    this.requestFields = like.requestFields;
    this.unknown = like.unknown;
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
    Compiler compiler = new Compiler();
    compiler.compile(format);
    return new LogFormat(compiler, escape);
  }

  /// The variables in it that nobody can fill, as they are written (`$geoip_city`).
  public List<String> unknownVariables() {
    return unknown;
  }

  /// How many fields of a request its lines show. An exchange keeps their values until it ends.
  public int requestFieldCount() {
    return requestFields.length;
  }

  /// The name of request field `index`.
  public HeaderName requestField(int index) {
    return requestFields[index];
  }

  void write(LogLine line, FinishedRequest request) {
    line.begin(escape);
    for (LogVariable.Writer segment : segments) {
      segment.write(line, request);
    }
    line.end();
  }

  /// Cuts a format into segments.
  private static final class Compiler {
    private final List<LogVariable.Writer> segments = new ArrayList<>();
    private final List<HeaderName> fields = new ArrayList<>();
    private final List<String> fieldNames = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    void compile(String format) {
      int at = 0;
      while (at < format.length()) {
        char c = format.charAt(at);
        if (c != '$') {
          text.append(c);
          at++;
          continue;
        }
        boolean braced = format.startsWith("{", at + 1);
        int start = at + (braced ? 2 : 1);
        int end = start;
        while (end < format.length() && isNamePart(format.charAt(end))) {
          end++;
        }
        boolean closed = !braced || format.startsWith("}", end);
        int next = braced && closed ? end + 1 : end;
        if (end == start || !closed) {
          unknown.add(format.substring(at, Math.max(next, at + 1)));
          text.append('-');
          at = Math.max(next, at + 1);
        } else {
          variable(format.substring(start, end));
          at = next;
        }
      }
      endOfText();
    }

    private void variable(String name) {
      LogVariable known = LogVariable.named(name);
      if (known != null) {
        endOfText();
        segments.add(known.writer());
      } else if (name.startsWith(FIELD) && name.length() > FIELD.length()) {
        endOfText();
        int index = field(name.substring(FIELD.length()).replace('_', '-'));
        segments.add((line, request) -> line.text(request.requestField(index)));
      } else {
        unknown.add("$" + name);
        endOfText();
        segments.add((line, _) -> line.nothing());
      }
    }

    private int field(String name) {
      int known = fieldNames.indexOf(name);
      if (known >= 0) {
        return known;
      }
      fieldNames.add(name);
      fields.add(HeaderName.of(name));
      return fields.size() - 1;
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
}
