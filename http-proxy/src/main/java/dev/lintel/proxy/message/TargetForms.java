package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// The two forms of a path that is not plain (holds `%`, `//` or a dot segment).
///
/// The *match form* is decoded once, without dot segments, with slashes merged: what routes, auth
/// and limits compare. The *wire form* has its dot segments removed and is byte-exact otherwise:
/// what the upstream gets. Reading the wire form again yields the same two forms. A path is refused
/// where software behind us could read a dot segment that we do not: an encoded slash or backslash,
/// or a path parameter, beside dots.
///
/// Where a path holds `%2F` there is a third form, the match form that takes it as data instead of
/// as a slash: a request whose two match forms lead to different routes is refused by whoever
/// routes.
public final class TargetForms {
  private byte[] match = new byte[256];
  private byte[] wire = new byte[256];
  private byte[] data = new byte[256];
  private int matchLength;
  private int wireLength;
  private int dataLength;
  private boolean encodedSlash;
  private boolean dotsMet;

  /// No forms yet.
  public TargetForms() {}

  /// Reads a path of a request, `[offset, offset + length)`, which begins with `/` and holds only
  /// visible ASCII characters without `?`, `#` and `\`. Returns why it is refused, or null.
  public @Nullable Malformed canonicalise(byte[] b, int offset, int length) {
    if (match.length < length) {
      match = new byte[length + length / 2];
      wire = new byte[match.length];
    }
    encodedSlash = false;
    dotsMet = false;
    dataLength = 0;
    Malformed fault = walk(b, offset, offset + length, false);
    if (fault == null && encodedSlash) {
      fault = dataForm(b, offset, length);
    }
    return fault;
  }

  /// Whether a path that was put together here (a rewrite, a strip-prefix) may go to an upstream:
  /// it begins with `/`, holds no dot segment in any reading, and no byte that may not stand in a
  /// request line. Leading double slashes stay; they are never read as an authority, since a
  /// request line in origin form has none.
  public boolean isSafe(byte[] b, int offset, int length) {
    if (length == 0 || b[offset] != '/') {
      return false;
    }
    for (int i = offset; i < offset + length; i++) {
      if (b[i] <= 0x20 || b[i] == 0x7f || b[i] == '#' || b[i] == '\\' || b[i] == '?') {
        return false;
      }
    }
    return canonicalise(b, offset, length) == null && !dotsMet;
  }

  private @Nullable Malformed dataForm(byte[] b, int offset, int length) {
    byte[] slashMatch = match;
    int slashLength = matchLength;
    if (data.length < length) {
      data = new byte[length + length / 2];
    }
    match = data;
    Malformed fault = walk(b, offset, offset + length, true);
    dataLength = matchLength;
    match = slashMatch;
    matchLength = slashLength;
    return fault;
  }

  /// Segment by segment; `m` and `w` always stand behind a slash when a segment begins.
  private @Nullable Malformed walk(byte[] b, int from, int to, boolean slashIsData) {
    match[0] = '/';
    wire[0] = '/';
    int m = 1;
    int w = 1;
    int p = from + 1;
    while (p <= to) {
      int end = p;
      while (end < to && b[end] != '/') {
        end++;
      }
      int decoded = decode(b, p, end, m, slashIsData);
      if (decoded < 0) {
        return Malformed.TARGET_ESCAPE;
      }
      int dots = dots(b, p, end);
      if (dots < 0) {
        return Malformed.PATH_AMBIGUOUS;
      }
      if (dots > 0) {
        dotsMet = true;
      }
      if (dots == 2) {
        int before = w;
        w = popWire(w);
        if (w < 0) {
          return Malformed.PATH_ABOVE_ROOT;
        }
        if (holdsEncodedSlash(w, before)) {
          return Malformed.PATH_AMBIGUOUS;
        }
        m = popMatch(m);
      } else if (dots == 0) {
        m = decoded;
        System.arraycopy(b, p, wire, w, end - p);
        w += end - p;
        if (end < to) {
          wire[w++] = '/';
          if (match[m - 1] != '/') {
            match[m++] = '/';
          }
        }
      }
      p = end + 1;
    }
    matchLength = m;
    wireLength = w;
    return null;
  }

  /// Decodes a segment to `match` from `at` on; returns the index behind it, or -1 where an escape
  /// is broken.
  private int decode(byte[] b, int from, int to, int at, boolean slashIsData) {
    int m = at;
    for (int p = from; p < to; p++) {
      byte c = b[p];
      if (c == '%') {
        int value = p + 2 < to ? Octets.hex(b[p + 1]) << 4 | Octets.hex(b[p + 2]) : -1;
        if (value <= 0) {
          return -1;
        }
        c = (byte) value;
        if (c == '/') {
          encodedSlash = true;
          if (slashIsData) {
            match[m++] = b[p];
            match[m++] = b[p + 1];
            c = b[p + 2];
          } else if (match[m - 1] == '/') {
            p += 2;
            continue;
          }
        }
        p += 2;
      }
      match[m++] = c;
    }
    return m;
  }

  /// 0 for an ordinary segment, 1 for `.`, 2 for `..`, -1 for one that some reader takes for either
  /// after splitting it at an encoded slash or backslash or cutting a parameter.
  private static int dots(byte[] b, int from, int to) {
    int part = 0; // dots in the part so far; 3 is anything else
    boolean split = false;
    boolean parameter = false;
    for (int p = from; p < to; p++) {
      int c = b[p];
      if (c == '%') {
        c = Octets.hex(b[p + 1]) << 4 | Octets.hex(b[p + 2]);
        p += 2;
      }
      if (c == '/' || c == '\\') {
        if (part == 1 || part == 2) {
          return -1;
        }
        split = true;
        parameter = false;
        part = 0;
      } else if (c == ';') {
        if (part == 1 || part == 2) {
          return -1;
        }
        parameter = true;
        part = 3;
      } else if (!parameter) {
        part = c == '.' && part < 2 ? part + 1 : 3;
      }
    }
    if (part == 3) {
      return 0;
    }
    return split && part > 0 ? -1 : part;
  }

  /// Removes the last segment that is not empty, and the empty ones behind it: slashes count as
  /// merged here, so that both forms agree.
  private int popWire(int end) {
    int w = end;
    while (w > 1 && wire[w - 1] == '/' && wire[w - 2] == '/') {
      w--;
    }
    if (w == 1) {
      return -1;
    }
    w--;
    while (wire[w - 1] != '/') {
      w--;
    }
    return w;
  }

  private int popMatch(int end) {
    int m = Math.max(1, end - 1);
    while (match[m - 1] != '/') {
      m--;
    }
    return m;
  }

  private boolean holdsEncodedSlash(int from, int to) {
    for (int i = from; i + 2 < to; i++) {
      if (wire[i] == '%' && wire[i + 1] == '2' && (wire[i + 2] | 0x20) == 'f') {
        return true;
      }
    }
    return false;
  }

  /// Moves `to` to the match form.
  public void match(Slice to) {
    to.set(match, 0, matchLength);
  }

  /// Moves `to` to the wire form.
  public void wire(Slice to) {
    to.set(wire, 0, wireLength);
  }

  /// Moves `to` to the match form in which `%2F` is data; empty where the path has none.
  public void data(Slice to) {
    to.set(data, 0, dataLength);
  }

  /// Where in a path's wire form the byte stands that became `match[index]`, or its end for an
  /// index behind the match form: by this a part of the match form (a regex capture) is forwarded
  /// byte-exact.
  public static int wireIndex(Slice wire, int index) {
    byte[] b = wire.bytes();
    int p = wire.offset();
    int end = p + wire.length();
    int m = 0;
    byte before = 0;
    while (p < end) {
      byte c = b[p];
      int step = 1;
      if (c == '%' && p + 2 < end) {
        c = (byte) (Octets.hex(b[p + 1]) << 4 | Octets.hex(b[p + 2]));
        step = 3;
      }
      if (c != '/' || before != '/') {
        if (m == index) {
          return p - wire.offset();
        }
        m++;
      }
      before = c;
      p += step;
    }
    return wire.length();
  }
}
