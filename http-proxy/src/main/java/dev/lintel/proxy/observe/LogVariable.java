package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The variables a log format may use, under nginx's names, and what each writes.
enum LogVariable {
  REMOTE_ADDR((line, r) -> line.text(r.clientAddress())),
  THE_REAL_IP((line, r) -> line.text(r.clientAddress())),
  REALIP_REMOTE_ADDR((line, r) -> line.text(r.peerAddress())),
  PROXY_PROTOCOL_ADDR((line, r) -> line.text(r.proxiedAddress())),
  REMOTE_PORT((line, r) -> line.number(r.clientPort())),
  REMOTE_USER((line, r) -> line.text(r.remoteUser())),
  TIME_LOCAL((line, r) -> line.raw(line.time().local())),
  TIME_ISO8601((line, r) -> line.raw(line.time().iso())),
  MSEC((line, r) -> line.thousandths(line.time().millis())),
  REQUEST(LogVariable::request),
  REQUEST_METHOD((line, r) -> line.text(r.methodName())),
  REQUEST_URI((line, r) -> line.text(r.target())),
  URI((line, r) -> line.text(r.target(), 0, pathEnd(r.target()))),
  ARGS((line, r) -> line.text(r.target(), pathEnd(r.target()) + 1, r.target().length())),
  QUERY_STRING((line, r) -> line.text(r.target(), pathEnd(r.target()) + 1, r.target().length())),
  IS_ARGS((line, r) -> line.text(pathEnd(r.target()) + 1 < r.target().length() ? "?" : "")),
  DOCUMENT_URI((line, r) -> line.text(r.target(), 0, pathEnd(r.target()))),
  CONTENT_TYPE((line, r) -> line.text(r.requestField(HeaderNames.CONTENT_TYPE))),
  CONTENT_LENGTH((line, r) -> line.text(r.requestField(HeaderNames.CONTENT_LENGTH))),
  PROXY_ADD_X_FORWARDED_FOR(LogVariable::forwardedFor),
  SERVER_PROTOCOL((line, r) -> line.raw(protocol(r.httpVersion()))),
  SCHEME((line, r) -> line.text(r.isTls() ? "https" : "http")),
  PASS_ACCESS_SCHEME((line, r) -> line.text(r.isSecure() ? "https" : "http")),
  HTTPS((line, r) -> line.text(r.isTls() ? "on" : "")),
  HOST((line, r) -> line.text(r.host())),
  HTTP_HOST((line, r) -> line.text(r.authority())),
  BEST_HTTP_HOST((line, r) -> line.text(r.authority())),
  SSL_PROTOCOL((line, r) -> optional(line, r.tlsProtocol())),
  SSL_CIPHER((line, r) -> optional(line, r.tlsCipher())),
  SSL_CLIENT_VERIFY(
      (line, r) -> {
        if (r.isTls()) {
          line.text(line.view(r.proof().verify()));
        } else {
          line.nothing();
        }
      }),
  SSL_CLIENT_S_DN((line, r) -> line.text(line.view(r.proof().subject()))),
  SSL_CLIENT_I_DN((line, r) -> line.text(line.view(r.proof().issuer()))),
  SERVER_PORT((line, r) -> line.number(r.port())),
  HOSTNAME((line, _) -> optional(line, Here.NAME)),
  PID((line, _) -> line.number(Here.PROCESS)),
  UPSTREAM_CACHE_STATUS((line, _) -> line.nothing()), // nothing is cached
  SERVER_NAME((line, r) -> line.text(r.labels().host())),
  STATUS(LogVariable::status),
  BODY_BYTES_SENT((line, r) -> line.number(r.bodyBytesSent())),
  BYTES_SENT((line, r) -> line.number(r.bytesSent())),
  REQUEST_LENGTH((line, r) -> line.number(r.requestLength())),
  REQUEST_TIME((line, r) -> line.seconds(Math.max(0, r.durationNanos()))),
  REQ_ID((line, r) -> line.text(r.requestId())),
  REQUEST_ID((line, r) -> line.text(r.requestId())),
  CONNECTION((line, r) -> line.number(r.connection())),
  CONNECTION_REQUESTS((line, r) -> line.number(r.connectionRequests())),
  OPENTELEMETRY_CONTEXT_TRACEPARENT((line, r) -> line.text(r.traceParent())),
  OPENTELEMETRY_TRACE_ID((line, r) -> part(line, r.traceParent(), 3, 35)),
  OPENTELEMETRY_SPAN_ID((line, r) -> part(line, r.traceParent(), 36, 52)),
  PROXY_UPSTREAM_NAME((line, r) -> line.text(r.labels().upstreamName())),
  PROXY_ALTERNATIVE_UPSTREAM_NAME((line, r) -> line.text(r.labels().canary())),
  NAMESPACE((line, r) -> line.text(r.labels().namespace())),
  INGRESS_NAME((line, r) -> line.text(r.labels().ingress())),
  SERVICE_NAME((line, r) -> line.text(r.labels().service())),
  SERVICE_PORT((line, r) -> line.text(r.labels().servicePort())),
  LOCATION_PATH((line, r) -> line.text(r.labels().path())),
  UPSTREAM_ADDR(
      (line, r) -> {
        for (int i = begin(line, r); i < r.tries(); i++) {
          separate(line, i);
          line.raw(r.upstreamAddress(i));
        }
      }),
  UPSTREAM_STATUS(
      (line, r) -> {
        for (int i = begin(line, r); i < r.tries(); i++) {
          separate(line, i);
          if (r.upstreamStatus(i) == 0) {
            line.put('-');
          } else {
            line.number(r.upstreamStatus(i));
          }
        }
      }),
  UPSTREAM_RESPONSE_LENGTH(
      (line, r) -> {
        for (int i = begin(line, r); i < r.tries(); i++) {
          separate(line, i);
          line.number(r.upstreamResponseLength(i));
        }
      }),
  UPSTREAM_RESPONSE_TIME(
      (line, r) -> {
        for (int i = begin(line, r); i < r.tries(); i++) {
          separate(line, i);
          line.seconds(r.upstreamResponseNanos(i));
        }
      }),
  UPSTREAM_CONNECT_TIME(
      (line, r) -> {
        for (int i = begin(line, r); i < r.tries(); i++) {
          separate(line, i);
          line.seconds(r.upstreamConnectNanos(i));
        }
      }),
  UPSTREAM_HEADER_TIME(
      (line, r) -> {
        for (int i = begin(line, r); i < r.tries(); i++) {
          separate(line, i);
          line.seconds(r.upstreamHeaderNanos(i));
        }
      });

  /// Where this process runs.
  private static final class Here {
    static final String NAME = Objects.requireNonNullElse(System.getenv("HOSTNAME"), "");
    static final long PROCESS = ProcessHandle.current().pid();

    private Here() {}
  }

  /// Writes one variable of one request.
  interface Writer {
    void write(LogLine line, FinishedRequest request);
  }

  /// All of them.
  static final Set<LogVariable> ALL = Collections.unmodifiableSet(EnumSet.allOf(LogVariable.class));

  private static final byte[] HTTP_10 = ascii("HTTP/1.0");
  private static final byte[] HTTP_11 = ascii("HTTP/1.1");
  private static final byte[] HTTP_20 = ascii("HTTP/2.0");
  private static final byte[] HTTP_30 = ascii("HTTP/3.0");
  private static final byte[] NO_STATUS = ascii("000");
  private static final byte[] BETWEEN_TRIES = ascii(", ");
  private static final Map<String, LogVariable> BY_NAME = new HashMap<>();

  static {
    for (LogVariable variable : values()) {
      BY_NAME.put(variable.name().toLowerCase(Locale.ROOT), variable);
    }
  }

  private final Writer writer;

  LogVariable(Writer writer) {
    this.writer = writer;
  }

  /// The variable of that name (`remote_addr`), or null.
  static @Nullable LogVariable named(String name) {
    return BY_NAME.get(name);
  }

  Writer writer() {
    return writer;
  }

  /// The request line, or what there is of it.
  private static void request(LogLine line, FinishedRequest r) {
    if (r.target().isEmpty()) {
      return;
    }
    line.text(r.methodName());
    line.put(' ');
    line.text(r.target());
    line.put(' ');
    line.raw(protocol(r.httpVersion()));
  }

  private static void part(LogLine line, Slice text, int from, int to) {
    if (text.length() < to) {
      line.nothing();
    } else {
      line.text(text, from, to);
    }
  }

  private static void optional(LogLine line, String text) {
    if (text.isEmpty()) {
      line.nothing();
    } else {
      line.text(text);
    }
  }

  /// What the client said of itself, and who it is to this proxy.
  private static void forwardedFor(LogLine line, FinishedRequest r) {
    Slice said = r.requestField(HeaderNames.X_FORWARDED_FOR);
    if (!said.isEmpty()) {
      line.text(said);
      line.raw(BETWEEN_TRIES);
    }
    line.text(r.clientAddress());
  }

  private static void status(LogLine line, FinishedRequest r) {
    if (r.status() < 100) {
      line.raw(NO_STATUS);
    } else {
      line.number(r.status());
    }
  }

  /// The value of the first argument of that name in the query, as it was sent.
  static void argument(LogLine line, Slice target, HeaderName name) {
    int at = pathEnd(target) + 1;
    while (at < target.length()) {
      int end = at;
      int equals = -1;
      while (end < target.length() && target.at(end) != '&') {
        if (equals < 0 && target.at(end) == '=') {
          equals = end;
        }
        end++;
      }
      if (equals >= 0 && name.matches(target.bytes(), target.offset() + at, equals - at)) {
        line.text(target, equals + 1, end);
        return;
      }
      at = end + 1;
    }
    line.nothing();
  }

  private static int pathEnd(Slice target) {
    for (int i = 0; i < target.length(); i++) {
      if (target.at(i) == '?') {
        return i;
      }
    }
    return target.length();
  }

  private static byte[] protocol(int version) {
    return switch (version) {
      case 10 -> HTTP_10;
      case 20 -> HTTP_20;
      case 30 -> HTTP_30;
      default -> HTTP_11;
    };
  }

  /// Begins a list with an entry for each try.
  private static int begin(LogLine line, FinishedRequest r) {
    if (r.tries() == 0) {
      line.nothing();
    }
    return 0;
  }

  private static void separate(LogLine line, int i) {
    if (i > 0) {
      line.raw(BETWEEN_TRIES);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
