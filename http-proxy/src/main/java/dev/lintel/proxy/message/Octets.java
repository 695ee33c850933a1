package dev.lintel.proxy.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Tables and loops over single bytes and over eight at a time.
final class Octets {
  /// Eight bytes of an array as a `long`, the first byte lowest.
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static final int NO_TOKEN = 0;

  /// `A-Z a-z 0-9 -`: what field names are made of that every server reads alike.
  static final int PLAIN_TOKEN = 1;

  /// The other characters of a token (RFC 9110 5.6.2) but the underscore.
  static final int ODD_TOKEN = 2;

  /// `_`, which servers of old read as `-`.
  static final int UNDERSCORE = 4;

  /// Class of each byte with respect to tokens.
  static final byte[] TOKEN = tokens();

  static final byte[] HEX = ascii("0123456789abcdef");

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long SPACES = 0x2020202020202020L;
  private static final long DELS = 0x7f7f7f7f7f7f7f7fL;

  private Octets() {}

  private static byte[] tokens() {
    byte[] table = new byte[256];
    for (byte b : ascii("!#$%&'*+.^`|~")) {
      table[b] = ODD_TOKEN;
    }
    for (byte b : ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")) {
      table[b] = PLAIN_TOKEN;
    }
    table['_'] = UNDERSCORE;
    return table;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Index of the first control byte (below 0x20, or 0x7f) in `[from, to)`, or `to`.
  static int controlAt(byte[] b, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long word = (long) LONG.get(b, i);
      long del = word ^ DELS;
      // Each term marks the lowest byte it looks for exactly; marks above the lowest may be false.
      long marks = ((word - SPACES) & ~word | (del - ONES) & ~del) & HIGH;
      if (marks != 0) {
        return i + (Long.numberOfTrailingZeros(marks) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (b[i] >= 0 && b[i] < 0x20 || b[i] == 0x7f) {
        return i;
      }
    }
    return to;
  }

  /// Whether `[offset, offset + length)` is `lower` (lower case, letters, digits and dashes only)
  /// without regard to case.
  static boolean isName(byte[] b, int offset, int length, byte[] lower) {
    if (length != lower.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (lower(b[offset + i]) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// The same as [#isName] for bytes that hold no control characters (a name or value that was
  /// scanned), eight at a time.
  static boolean isWord(byte[] b, int offset, int length, byte[] lower) {
    if (length != lower.length) {
      return false;
    }
    if (length < 8) {
      for (int i = 0; i < length; i++) {
        if ((b[offset + i] | 0x20) != lower[i]) {
          return false;
        }
      }
      return true;
    }
    for (int i = 0; i < length - 8; i += 8) {
      if (((long) LONG.get(b, offset + i) | SPACES) != (long) LONG.get(lower, i)) {
        return false;
      }
    }
    int last = length - 8;
    return ((long) LONG.get(b, offset + last) | SPACES) == (long) LONG.get(lower, last);
  }

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /// Value of a hexadecimal digit, or -1.
  static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int letter = b | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }

  /// Copies `text` to `out` from `at` on and returns the index behind it.
  static int put(byte[] out, int at, byte[] text) {
    System.arraycopy(text, 0, out, at, text.length);
    return at + text.length;
  }

  /// Writes a number that is not negative in decimal digits and returns the index behind it.
  static int putDecimal(byte[] out, int at, long number) {
    int digits = 1;
    for (long rest = number / 10; rest != 0; rest /= 10) {
      digits++;
    }
    long rest = number;
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return at + digits;
  }

  /// The number made of the decimal digits in `[from, to)`, or -1 where anything else stands there,
  /// nothing does, or it is 2^63 or more.
  static long decimal(byte[] b, int from, int to) {
    if (from == to) {
      return -1;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      int digit = b[i] - '0';
      if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
