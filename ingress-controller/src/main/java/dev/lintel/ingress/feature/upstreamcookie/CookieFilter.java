package dev.lintel.ingress.feature.upstreamcookie;

import dev.lintel.ingress.feature.Substitution;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Edits the attributes of an upstream's cookies (RFC 6265 4.1.1). Shared by all loops.
final class CookieFilter implements ResponseFilter {
  private static final String DOMAIN = "domain";
  private static final String PATH = "path";

  private final @Nullable Substitution domain;
  private final @Nullable Substitution path;

  CookieFilter(@Nullable Substitution domain, @Nullable Substitution path) {
    this.domain = domain;
    this.path = path;
  }

  @Override
  public void onResponse(Exchange exchange, ResponseHead head) {
    if (!exchange.wasForwarded() || !head.has(HeaderNames.SET_COOKIE)) {
      return;
    }
    List<byte[]> cookies = new ArrayList<>();
    boolean changed = false;
    Slice name = new Slice();
    Slice value = new Slice();
    head.rewind();
    while (head.nextField(name, value)) {
      if (HeaderNames.SET_COOKIE.matches(name.bytes(), name.offset(), name.length())) {
        byte[] edited = edited(exchange, value);
        changed |= edited != null;
        cookies.add(edited == null ? value.toBytes() : edited);
      }
    }
    if (changed) {
      head.remove(HeaderNames.SET_COOKIE);
      for (byte[] cookie : cookies) {
        head.add(HeaderNames.SET_COOKIE, cookie);
      }
    }
  }

  /// The cookie with its attributes edited; null where none of them is.
  private byte @Nullable [] edited(Exchange exchange, Slice cookie) {
    byte[] bytes = cookie.bytes();
    int end = cookie.offset() + cookie.length();
    int copied = cookie.offset();
    ByteArrayOutputStream out = null;
    int at = indexOf(bytes, copied, end, ';');
    while (at < end) {
      int next = indexOf(bytes, at + 1, end, ';');
      int equals = indexOf(bytes, at + 1, next, '=');
      if (equals < next) {
        Substitution substitution = substitution(bytes, at + 1, equals);
        int from = skipBlanks(bytes, equals + 1, next);
        int to = trimBlanks(bytes, from, next);
        byte[] replaced =
            substitution == null
                ? null
                : substitution.apply(
                    exchange.isTls(), exchange.request().host(), bytes, from, to - from);
        if (replaced != null) {
          out = out == null ? new ByteArrayOutputStream(cookie.length() + 64) : out;
          out.write(bytes, copied, from - copied);
          out.writeBytes(replaced);
          copied = to;
        }
      }
      at = next;
    }
    if (out == null) {
      return null;
    }
    out.write(bytes, copied, end - copied);
    return out.toByteArray();
  }

  private @Nullable Substitution substitution(byte[] bytes, int from, int to) {
    int begin = skipBlanks(bytes, from, to);
    int end = trimBlanks(bytes, begin, to);
    if (is(bytes, begin, end, DOMAIN)) {
      return domain;
    }
    return is(bytes, begin, end, PATH) ? path : null;
  }

  private static boolean is(byte[] bytes, int from, int to, String lower) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(byte[] bytes, int from, int to, char wanted) {
    int i = from;
    while (i < to && bytes[i] != wanted) {
      i++;
    }
    return i;
  }

  private static int skipBlanks(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && (bytes[i] == ' ' || bytes[i] == '\t')) {
      i++;
    }
    return i;
  }

  private static int trimBlanks(byte[] bytes, int from, int to) {
    int i = to;
    while (i > from && (bytes[i - 1] == ' ' || bytes[i - 1] == '\t')) {
      i--;
    }
    return i;
  }
}
