package dev.lintel.proxy.message;

/// Copies the lines of a head that go on, as many neighbours at once as there are.
final class FieldRuns {
  private FieldRuns() {}

  /// Copies all fields but those whose number is in `hidden` or that `edits` hides; returns the
  /// index behind them.
  static int copy(FieldIndex fields, long hidden, HeaderEdits edits, byte[] out, int at) {
    byte[] b = fields.bytes();
    int p = at;
    int run = -1;
    int count = fields.count();
    for (int i = 0; i < count; i++) {
      if (isHidden(fields, i, hidden, edits)) {
        if (run >= 0) {
          int length = fields.name(i) - run;
          System.arraycopy(b, run, out, p, length);
          p += length;
          run = -1;
        }
      } else if (run < 0) {
        run = fields.name(i);
      }
    }
    if (run >= 0) {
      int length = fields.lineEnd(count - 1) - run;
      System.arraycopy(b, run, out, p, length);
      p += length;
    }
    return p;
  }

  /// The same for a head some of whose lines end with LF alone: each gets its CRLF, so that it can
  /// be read in one way only.
  static int copyLines(FieldIndex fields, long hidden, HeaderEdits edits, byte[] out, int at) {
    int p = at;
    for (int i = 0; i < fields.count(); i++) {
      if (!isHidden(fields, i, hidden, edits)) {
        int length = fields.valueEnd(i) - fields.name(i);
        System.arraycopy(fields.bytes(), fields.name(i), out, p, length);
        p += length;
        out[p++] = '\r';
        out[p++] = '\n';
      }
    }
    return p;
  }

  private static boolean isHidden(FieldIndex fields, int i, long hidden, HeaderEdits edits) {
    int id = fields.id(i);
    return (hidden >>> id & 1) != 0 || id >= KnownNames.SLOTS && edits.hides(fields, i);
  }
}
