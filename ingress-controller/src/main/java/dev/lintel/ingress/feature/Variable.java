package dev.lintel.ingress.feature;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.message.Cookies;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What may stand behind a `$`, as in nginx.
///
/// The request's target is written in its wire form, without dot segments, rather than as it came:
/// who decides by it sees the path that the upstream will get.
enum Variable {
  HOST("host"),
  HTTP_HOST("http_host", "best_http_host"),
  REQUEST_URI("request_uri"),
  ESCAPED_REQUEST_URI("escaped_request_uri"),
  URI("uri", "document_uri"),
  ARGS("args", "query_string"),
  IS_ARGS("is_args"),
  SCHEME("scheme", "pass_access_scheme"),
  REQUEST_METHOD("request_method"),
  REMOTE_ADDR("remote_addr", "the_real_ip"),
  REMOTE_USER("remote_user"),
  REQUEST_ID("req_id", "request_id"),
  /// All fields of that name, with commas between.
  FIELD,
  /// The first cookie of that name.
  COOKIE,
  /// The first argument of that name.
  ARGUMENT;

  private static final Map<String, Variable> NAMED = new HashMap<>();
  private static final String FIELD_PREFIX = "http_";
  private static final String COOKIE_PREFIX = "cookie_";
  private static final String ARGUMENT_PREFIX = "arg_";
  private static final byte[] HTTP = ascii("http");
  private static final byte[] HTTPS = ascii("https");
  private static final byte[] COMMA = ascii(", ");
  private static final byte[] QUESTION_MARK = {'?'};
  private static final byte[] BASIC = ascii("basic ");
  private static final int LONGEST_CREDENTIALS = 4096;

  static {
    for (Variable each : values()) {
      for (String name : each.names) {
        NAMED.put(name, each);
      }
    }
  }

  private final String[] names;

  Variable(String... names) {
    this.names = names;
  }

  /// The variable of that name, in lower case and without its `$`; null where there is none.
  static @Nullable Variable named(String name) {
    Variable fixed = NAMED.get(name);
    if (fixed != null) {
      return fixed;
    }
    if (has(name, FIELD_PREFIX)) {
      return FIELD;
    }
    if (has(name, COOKIE_PREFIX)) {
      return COOKIE;
    }
    return has(name, ARGUMENT_PREFIX) ? ARGUMENT : null;
  }

  private static boolean has(String name, String prefix) {
    return name.startsWith(prefix) && name.length() > prefix.length();
  }

  /// The part of the variable's name that is the name of what it stands for.
  String rest(String name) {
    return switch (this) {
      case FIELD -> name.substring(FIELD_PREFIX.length()).replace('_', '-');
      case COOKIE -> name.substring(COOKIE_PREFIX.length());
      case ARGUMENT -> name.substring(ARGUMENT_PREFIX.length());
      default -> "";
    };
  }

  /// Adds its value.
  ///
  /// @param rest what [#rest] said
  void write(Exchange exchange, byte[] rest, Line out, Form form) {
    RequestHead request = exchange.request();
    switch (this) {
      case HOST -> add(out, request.host(), form);
      case HTTP_HOST -> add(out, exchange.authority(), form);
      case REQUEST_URI -> uri(request, out, form);
      case ESCAPED_REQUEST_URI -> uri(request, out, Form.COMPONENT);
      case URI -> add(out, request.path(), form);
      case ARGS -> {
        Slice query = request.query();
        if (query.length() > 1) {
          out.add(query.bytes(), query.offset() + 1, query.length() - 1, form);
        }
      }
      case IS_ARGS -> {
        if (request.query().length() > 1) {
          out.add(QUESTION_MARK);
        }
      }
      case SCHEME -> out.add(exchange.isSecure() ? HTTPS : HTTP);
      case REQUEST_METHOD -> add(out, request.methodName(), form);
      case REMOTE_ADDR -> out.add(exchange.client().text());
      case REMOTE_USER -> user(request, out, form);
      case REQUEST_ID -> add(out, request.requestId(), form);
      case FIELD -> fields(request, rest, out, form);
      case COOKIE -> cookie(request, rest, out, form);
      case ARGUMENT -> argument(request.query(), rest, out, form);
    }
  }

  private static void add(Line out, Slice value, Form form) {
    out.add(value.bytes(), value.offset(), value.length(), form);
  }

  private static void uri(RequestHead request, Line out, Form form) {
    add(out, request.wirePath(), form);
    add(out, request.query(), form);
  }

  private static void fields(RequestHead request, byte[] rest, Line out, Form form) {
    HeaderName name = HeaderName.of(new String(rest, StandardCharsets.ISO_8859_1));
    Slice value = new Slice();
    boolean first = true;
    for (int i = request.find(name); i >= 0; i = request.next(name, i)) {
      if (!first) {
        out.add(COMMA, 0, COMMA.length, form);
      }
      first = false;
      add(out, request.value(i, value), form);
    }
  }

  private static void cookie(RequestHead request, byte[] rest, Line out, Form form) {
    HeaderName name = HeaderName.of(new String(rest, StandardCharsets.ISO_8859_1));
    Slice value = new Slice();
    Cookies.next(request, name, Cookies.FIRST, value);
    add(out, value, form);
  }

  /// Adds the value of the first argument of that name in the query, which begins with its `?`.
  private static void argument(Slice query, byte[] name, Line out, Form form) {
    byte[] b = query.bytes();
    int end = query.offset() + query.length();
    int at = query.offset() + 1;
    while (at < end) {
      int stop = at;
      while (stop < end && b[stop] != '&') {
        stop++;
      }
      if (stop - at > name.length && b[at + name.length] == '=' && isName(b, at, name)) {
        int value = at + name.length + 1;
        out.add(b, value, stop - value, form);
        return;
      }
      at = stop + 1;
    }
  }

  /// Names are compared without regard to case, as nginx does.
  private static boolean isName(byte[] b, int at, byte[] lower) {
    for (int i = 0; i < lower.length; i++) {
      int letter = b[at + i];
      if ((letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// The name that the client shows with its password, whether that is right or not.
  private static void user(RequestHead request, Line out, Form form) {
    Slice value = new Slice();
    if (!request.value(HeaderNames.AUTHORIZATION, value)
        || !value.startsWithWord(BASIC)
        || value.length() > LONGEST_CREDENTIALS) {
      return;
    }
    int from = value.offset() + BASIC.length;
    byte[] token = Arrays.copyOfRange(value.bytes(), from, value.offset() + value.length());
    try {
      byte[] pair = Base64.getDecoder().decode(token);
      int colon = 0;
      while (colon < pair.length && pair[colon] != ':') {
        colon++;
      }
      out.add(pair, 0, colon, form);
    } catch (IllegalArgumentException _) {
      // no credentials, no name
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
