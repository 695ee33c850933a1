package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// Reads field lines up to the empty one (RFC 9112 5) into a [FieldIndex]. One pass: what is
/// indexed is valid.
final class FieldScanner {
  static final int LONGEST_FIELD = 16 * 1024;

  private static final int ODD = Octets.ODD_TOKEN | Octets.UNDERSCORE;

  private final FieldIndex fields;
  private final boolean request;
  private final int longestHead;
  private final int longestField;
  private FieldNames names = FieldNames.PLAIN;
  private int next;
  private boolean bareLf;
  private @Nullable Malformed fault;

  /// Requests are read as strictly as can be; a response may end its lines with LF alone, which is
  /// remembered, and keeps its odd names.
  FieldScanner(FieldIndex fields, boolean request, int longestHead) {
    this.fields = fields;
    this.request = request;
    this.longestHead = longestHead;
    this.longestField = request ? LONGEST_FIELD : longestHead;
  }

  /// Which names of requests are kept from the next head on.
  void names(FieldNames kept) {
    names = kept;
  }

  /// Begins behind the start line.
  void begin(int at) {
    next = at;
    bareLf = false;
    fault = null;
  }

  /// Where the line lies that was not complete; after the empty line, the index behind it.
  int next() {
    return next;
  }

  boolean isBareLf() {
    return bareLf;
  }

  @Nullable Malformed fault() {
    return fault;
  }

  /// Goes on where the last scan of this head stopped; `from` is where the head began.
  ScanResult scan(byte[] b, int from, int to) {
    int line = next;
    while (true) {
      int end = line(b, line, to);
      if (end > line) {
        line = end;
        continue;
      }
      next = line;
      if (fault != null) {
        return ScanResult.MALFORMED;
      }
      if (end == line) {
        return incomplete(from, to);
      }
      next = -end;
      fields.end(line);
      return next - from > longestHead ? refuse(Malformed.HEAD_TOO_LONG) : ScanResult.COMPLETE;
    }
  }

  private ScanResult incomplete(int from, int to) {
    if (to - next > longestField) {
      return refuse(Malformed.FIELD_TOO_LONG);
    }
    return to - from >= longestHead ? refuse(Malformed.HEAD_TOO_LONG) : ScanResult.INCOMPLETE;
  }

  private ScanResult refuse(Malformed why) {
    fault = why;
    return ScanResult.MALFORMED;
  }

  /// Reads the line at `p`. Returns the index behind it; the same negated for the empty line; `p`
  /// where it is not complete or (with `fault` set) malformed.
  private int line(byte[] b, int p, int to) {
    int q = p;
    int kinds = 0;
    while (q < to) {
      int kind = Octets.TOKEN[b[q] & 0xff];
      if (kind == Octets.NO_TOKEN) {
        break;
      }
      kinds |= kind;
      q++;
    }
    if (q == to) {
      return p;
    }
    if (b[q] != ':' || q == p) {
      return noName(b, p, q, to);
    }
    int value = q + 1;
    while (value < to && (b[value] == ' ' || b[value] == '\t')) {
      value++;
    }
    int end = Octets.controlAt(b, value, to);
    while (end < to && b[end] == '\t') {
      end = Octets.controlAt(b, end + 1, to);
    }
    if (end == to) {
      return p;
    }
    int behind;
    if (b[end] == '\r') {
      if (end + 1 == to) {
        return p;
      }
      if (b[end + 1] != '\n') {
        fault = Malformed.BARE_CR;
        return p;
      }
      behind = end + 2;
    } else if (b[end] == '\n' && !request) {
      bareLf = true;
      behind = end + 1;
    } else {
      fault = b[end] == '\n' ? Malformed.BARE_LF : Malformed.CONTROL_BYTE;
      return p;
    }
    while (end > value && (b[end - 1] == ' ' || b[end - 1] == '\t')) {
      end--;
    }
    int id = request && (kinds & ODD) != 0 ? odd(b, p, q - p, kinds) : KnownNames.find(b, p, q - p);
    if (behind - p > longestField) {
      fault = Malformed.FIELD_TOO_LONG;
      return p;
    }
    if (!fields.add(p, q, value, end, id)) {
      fault = Malformed.TOO_MANY_FIELDS;
      return p;
    }
    return behind;
  }

  private int odd(byte[] b, int offset, int length, int kinds) {
    return (kinds & names.dropped()) != 0 || UpstreamHeadWriter.isAlias(b, offset, length)
        ? KnownNames.DROPPED
        : KnownNames.OTHER;
  }

  private int noName(byte[] b, int p, int q, int to) {
    byte stop = b[q];
    if (q == p && stop == '\r') {
      if (q + 1 == to) {
        return p;
      }
      if (b[q + 1] == '\n') {
        return -(q + 2);
      }
    }
    if (q == p && stop == '\n' && !request) {
      bareLf = true;
      return -(q + 1);
    }
    fault =
        switch (stop) {
          case '\r' -> Malformed.BARE_CR;
          case '\n' -> Malformed.BARE_LF;
          case ' ', '\t' -> q == p ? Malformed.FOLDED_LINE : Malformed.SPACE_BEFORE_COLON;
          default ->
              stop >= 0 && stop < 0x20 || stop == 0x7f
                  ? Malformed.CONTROL_BYTE
                  : Malformed.FIELD_NAME;
        };
    return p;
  }
}
