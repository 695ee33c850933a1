package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;

/// One line in the making; reused by its loop for line after line. What does not fit is left out.
final class LogLine {
  /// Bytes of the longest line: a target, two fields and the rest, escaped in part.
  static final int LONGEST = 32 * 1024;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final long MILLI = 1_000_000;

  private final byte[] bytes = new byte[LONGEST];
  private final byte[] digits = new byte[20];
  private final Slice view = new Slice();
  private final LogTime time;
  private Escape escape = Escape.DEFAULT;
  private boolean[] plain = escape.plain();
  private int length;

  LogLine(LogTime time) {
    this.time = time;
  }

  void begin(Escape escaping) {
    escape = escaping;
    plain = escaping.plain();
    length = 0;
    time.read();
  }

  /// Begins text that is no line of the log: bytes as they are, nothing for nothing.
  void begin() {
    escape = Escape.NONE;
    plain = escape.plain();
    length = 0;
  }

  /// Ends the line; there is always room for the line feed.
  void end() {
    bytes[length++] = '\n';
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  LogTime time() {
    return time;
  }

  /// A view of some bytes, for the next call.
  Slice view(byte[] text) {
    return view.set(text, 0, text.length);
  }

  /// Bytes as they are.
  void raw(byte[] text) {
    int fits = Math.min(text.length, room());
    System.arraycopy(text, 0, bytes, length, fits);
    length += fits;
  }

  /// What stands for nothing.
  void nothing() {
    if (escape == Escape.DEFAULT) {
      put('-');
    }
  }

  /// Bytes of the client, escaped.
  void text(Slice text) {
    if (text.isEmpty()) {
      nothing();
    } else {
      escaped(text.bytes(), text.offset(), text.length());
    }
  }

  /// A part of a view, escaped.
  void text(Slice text, int from, int to) {
    if (from >= to) {
      nothing();
    } else {
      escaped(text.bytes(), text.offset() + from, to - from);
    }
  }

  /// Text of the configuration, escaped. Such a variable is there even where it is empty.
  void text(String text) {
    int count = text.length();
    int done = 0;
    if (count <= room()) {
      boolean[] table = plain;
      for (; done < count; done++) {
        char c = text.charAt(done);
        if (c >= 0x80 || !table[c]) {
          break;
        }
        bytes[length + done] = (byte) c;
      }
      length += done;
    }
    for (int i = done; i < count; i++) {
      utf8(text.charAt(i));
    }
  }

  private void utf8(char c) {
    if (c < 0x80) {
      escaped(c);
    } else if (c < 0x800) {
      escaped(0xc0 | c >> 6);
      escaped(0x80 | c & 0x3f);
    } else {
      escaped(0xe0 | c >> 12);
      escaped(0x80 | c >> 6 & 0x3f);
      escaped(0x80 | c & 0x3f);
    }
  }

  /// A whole number that is not negative.
  void number(long value) {
    int at = digits.length;
    long rest = value;
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    int count = Math.min(digits.length - at, room());
    System.arraycopy(digits, at, bytes, length, count);
    length += count;
  }

  /// Seconds with three decimals, or what stands for nothing where there is no time.
  void seconds(long nanos) {
    if (nanos < 0) {
      put('-');
      return;
    }
    thousandths(nanos / MILLI);
  }

  /// A number of thousandths with three decimals.
  void thousandths(long value) {
    number(value / 1000);
    int rest = (int) (value % 1000);
    put('.');
    put('0' + rest / 100);
    put('0' + rest / 10 % 10);
    put('0' + rest % 10);
  }

  void put(int b) {
    if (room() > 0) {
      bytes[length++] = (byte) b;
    }
  }

  private int room() {
    return LONGEST - 1 - length;
  }

  private void escaped(byte[] from, int offset, int count) {
    boolean[] table = plain;
    int end = offset + count;
    int run = offset;
    for (int i = offset; i < end; i++) {
      if (!table[from[i] & 0xff]) {
        copy(from, run, i);
        escaped(from[i] & 0xff);
        run = i + 1;
      }
    }
    copy(from, run, end);
  }

  private void copy(byte[] from, int start, int end) {
    int fits = Math.min(end - start, room());
    System.arraycopy(from, start, bytes, length, fits);
    length += fits;
  }

  private void escaped(int b) {
    if (plain[b]) {
      put(b);
    } else if (escape == Escape.DEFAULT) {
      put('\\');
      put('x');
      put(HEX[b >> 4]);
      put(HEX[b & 15]);
    } else if (b == '"' || b == '\\') {
      put('\\');
      put(b);
    } else {
      put('\\');
      put('u');
      put('0');
      put('0');
      put(HEX[b >> 4]);
      put(HEX[b & 15]);
    }
  }
}
