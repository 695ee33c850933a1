package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// Reads a request head and validates it in the same pass (RFC 9112 2 to 3 and 6, stricter where
/// leniency has hurt proxies: see [Malformed]).
public final class RequestScanner {
  private static final int LONGEST_LINE = 8 * 1024;
  private static final int LONGEST_METHOD = 64;
  private static final int MOST_EMPTY_LINES = 8;

  private static final int STOP = 4;
  private static final int ESCAPE = 1;
  private static final int DOT_OR_SLASH = 2;

  /// What a byte means in a target: 0 is an ordinary one.
  private static final byte[] TARGET = targetBytes();

  private static final long HTTP_1_1 = (long) Octets.LONG.get(Octets.ascii("HTTP/1.1"), 0);
  private static final long HTTP_1_0 = (long) Octets.LONG.get(Octets.ascii("HTTP/1.0"), 0);
  private static final byte[] HTTP = Octets.ascii("HTTP/");
  private static final byte[] HTTP_SCHEME = Octets.ascii("http://");
  private static final byte[] HTTPS_SCHEME = Octets.ascii("https://");
  private static final byte[] ROOT = {'/'};
  private static final byte[] ASTERISK = {'*'};

  private RequestScanner() {}

  private static byte[] targetBytes() {
    byte[] table = new byte[256];
    for (int i = 0; i < 256; i++) {
      table[i] = i <= 0x20 || i >= 0x7f || i == '?' || i == '#' || i == '\\' ? (byte) STOP : 0;
    }
    table['%'] = ESCAPE;
    table['/'] = DOT_OR_SLASH;
    table['.'] = DOT_OR_SLASH;
    return table;
  }

  /// Scans `in[from, to)` for one head. After [ScanResult#INCOMPLETE] call again with the same
  /// `from` and more bytes behind the same ones: lines that were complete are not read again.
  /// `secure` says that the bytes came through TLS: only then may the target name `https`.
  public static ScanResult scan(byte[] in, int from, int to, RequestHead head, boolean secure) {
    if (!head.inFields) {
      head.begin(in, from);
      int line = line(in, from, to, head, secure);
      if (line < 0) {
        if (head.malformed != null) {
          return ScanResult.MALFORMED;
        }
        return to - from >= LONGEST_LINE ? refuse(head, tooLong(in, from)) : ScanResult.INCOMPLETE;
      }
      head.inFields = true;
      head.scanner.begin(line);
    } else {
      head.resume(in);
    }
    ScanResult result = head.scanner.scan(in, from, to);
    if (result == ScanResult.INCOMPLETE) {
      return result;
    }
    head.inFields = false;
    head.scannedEnd = head.scanner.next();
    if (result == ScanResult.MALFORMED) {
      head.malformed = head.scanner.fault();
      return result;
    }
    Malformed fault = RequestRules.apply(head, secure);
    return fault == null ? ScanResult.COMPLETE : refuse(head, fault);
  }

  private static ScanResult refuse(RequestHead head, Malformed why) {
    head.malformed = why;
    return ScanResult.MALFORMED;
  }

  private static Malformed tooLong(byte[] in, int from) {
    for (int i = from; i < from + LONGEST_METHOD + 2 * MOST_EMPTY_LINES; i++) {
      if (in[i] == ' ') {
        return Malformed.LINE_TOO_LONG;
      }
    }
    return Malformed.METHOD_TOO_LONG;
  }

  private static int fault(RequestHead head, Malformed why) {
    head.malformed = why;
    return -1;
  }

  /// Reads the request line. Returns the index behind it; -1 where it is not complete or malformed.
  private static int line(byte[] b, int from, int to, RequestHead head, boolean secure) {
    int p = from;
    while (p < to && (b[p] == '\r' || b[p] == '\n')) {
      if (b[p] == '\n') {
        return fault(head, Malformed.BARE_LF);
      }
      if (p + 1 == to) {
        return -1;
      }
      if (b[p + 1] != '\n') {
        return fault(head, Malformed.BARE_CR);
      }
      p += 2;
      if (p - from > 2 * MOST_EMPTY_LINES) {
        return fault(head, Malformed.LEADING_LINES);
      }
    }
    int target = method(b, p, to, head);
    if (target < 0) {
      return -1;
    }
    int end = target(b, target, to, head, secure);
    if (end < 0) {
      return -1;
    }
    int behind = version(b, end + 1, to, head);
    return behind - p > LONGEST_LINE ? fault(head, Malformed.LINE_TOO_LONG) : behind;
  }

  /// Index of the target, or -1.
  private static int method(byte[] b, int from, int to, RequestHead head) {
    int p = from;
    while (p < to && (b[p] >= 'A' && b[p] <= 'Z' || b[p] == '-' || b[p] == '_')) {
      p++;
    }
    int length = p - from;
    if (length > LONGEST_METHOD) {
      return fault(head, Malformed.METHOD_TOO_LONG);
    }
    if (p == to) {
      return -1;
    }
    if (b[p] != ' ' || length == 0) {
      return fault(head, Malformed.METHOD);
    }
    Method method = Method.of(b, from, length);
    if (method == Method.OTHER && Method.isForbidden(b, from, length)) {
      return fault(head, Malformed.METHOD_NOT_ALLOWED);
    }
    head.method = method;
    head.methodName.set(b, from, length);
    return p + 1;
  }

  /// Index of the space behind the target, or -1.
  private static int target(byte[] b, int from, int to, RequestHead head, boolean secure) {
    if (from == to) {
      return -1;
    }
    int path = from;
    if (b[from] == '*') {
      head.asterisk = true;
      path = from + 1;
    } else if (b[from] != '/') {
      path = absolute(b, from, to, head, secure);
      if (path < 0) {
        return -1;
      }
    }
    int p = path + (path < to && b[path] == '/' ? 1 : 0);
    int seen = 0;
    for (; p < to; p++) {
      int kind = TARGET[b[p] & 0xff];
      if (kind != 0) {
        if (kind == STOP) {
          break;
        }
        if (kind == ESCAPE || b[p - 1] == '/') {
          seen = 1;
        }
      }
    }
    int pathEnd = p;
    if (p < to && b[p] == '?') {
      p++;
      while (p < to && (TARGET[b[p] & 0xff] != STOP || b[p] == '?')) {
        p++;
      }
    }
    if (p == to) {
      return -1;
    }
    if (b[p] != ' ') {
      return fault(head, badTargetByte(b, p));
    }
    head.target.set(b, from, p - from);
    head.query.set(b, pathEnd, p - pathEnd);
    Malformed why = path(b, path, pathEnd, seen != 0, head);
    return why == null ? p : fault(head, why);
  }

  private static Malformed badTargetByte(byte[] b, int at) {
    byte stop = b[at];
    if (stop < 0) {
      return Malformed.TARGET_8_BIT;
    }
    return switch (stop) {
      case '#' -> Malformed.TARGET_FRAGMENT;
      case '\\' -> Malformed.TARGET_BACKSLASH;
      // "GET /path" and the end of the line: HTTP/0.9
      case '\r', '\n', '\t' -> Malformed.START_LINE;
      default -> Malformed.CONTROL_BYTE;
    };
  }

  private static @Nullable Malformed path(
      byte[] b, int from, int to, boolean special, RequestHead head) {
    if (head.asterisk) {
      head.path.set(ASTERISK, 0, 1);
      head.wirePath.set(ASTERISK, 0, 1);
      boolean alone = head.target.length() == 1;
      return alone && head.method == Method.OPTIONS ? null : Malformed.TARGET_FORM;
    }
    if (from == to) {
      head.path.set(ROOT, 0, 1);
      head.wirePath.set(ROOT, 0, 1);
      return null;
    }
    if (!special) {
      head.path.set(b, from, to - from);
      head.wirePath.set(b, from, to - from);
      return null;
    }
    TargetForms forms = head.forms();
    Malformed why = forms.canonicalise(b, from, to - from);
    if (why == null) {
      forms.match(head.path);
      forms.wire(head.wirePath);
      forms.data(head.dataPath);
    }
    return why;
  }

  /// Index of the path of an absolute target (RFC 9112 3.2.2), or -1.
  private static int absolute(byte[] b, int from, int to, RequestHead head, boolean secure) {
    byte[] scheme = HTTP_SCHEME;
    int p = from;
    for (int i = 0; ; i++, p++) {
      if (i == 4 && p < to && Octets.lower(b[p]) == 's' && secure) {
        scheme = HTTPS_SCHEME;
      }
      if (i == scheme.length) {
        break;
      }
      if (p == to) {
        return -1;
      }
      if (Octets.lower(b[p]) != scheme[i]) {
        // A word and the end of the line is no target, however it goes on.
        return fault(head, b[p] < 0 ? Malformed.TARGET_8_BIT : Malformed.TARGET_FORM);
      }
    }
    int start = p;
    while (p < to && b[p] != '/' && TARGET[b[p] & 0xff] != STOP) {
      p++;
    }
    if (p == to) {
      return -1;
    }
    if (p == start) {
      return fault(head, Malformed.TARGET_FORM);
    }
    head.absolute = true;
    head.authority.set(b, start, p - start);
    return p;
  }

  /// Index behind the request line, or -1.
  private static int version(byte[] b, int from, int to, RequestHead head) {
    if (to - from >= 10) {
      long version = (long) Octets.LONG.get(b, from);
      if ((version == HTTP_1_1 || version == HTTP_1_0)
          && b[from + 8] == '\r'
          && b[from + 9] == '\n') {
        head.http11 = version == HTTP_1_1;
        return from + 10;
      }
    }
    for (int i = from; i < to; i++) {
      boolean asExpected =
          i - from < HTTP.length
              ? b[i] == HTTP[i - from]
              : i - from > 9 || asExpected(b[i], i - from);
      if (!asExpected) {
        return fault(head, badVersion(b, from, i));
      }
    }
    return -1;
  }

  private static boolean asExpected(byte b, int place) {
    return switch (place) {
      case 5 -> b == '1';
      case 6 -> b == '.';
      case 7 -> b == '1' || b == '0';
      case 8 -> b == '\r';
      default -> b == '\n';
    };
  }

  private static Malformed badVersion(byte[] b, int from, int at) {
    int place = at - from;
    if (place < HTTP.length) {
      return b[at] == '\n' ? Malformed.BARE_LF : Malformed.START_LINE;
    }
    if (place < 8 || Octets.isDigit(b[at])) {
      return Malformed.VERSION;
    }
    return switch (b[at]) {
      case '\n' -> Malformed.BARE_LF;
      case '\r' -> Malformed.BARE_CR;
      default -> place == 9 ? Malformed.BARE_CR : Malformed.START_LINE;
    };
  }
}
