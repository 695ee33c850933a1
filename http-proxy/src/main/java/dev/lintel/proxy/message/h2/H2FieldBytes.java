package dev.lintel.proxy.message.h2;

import io.netty.util.AsciiString;

/// The texts of a list of fields as bytes of a head of HTTP/1.1, and what may be among them.
public final class H2FieldBytes {
  private static final boolean[] NAME = new boolean[128];

  static {
    for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".toCharArray()) {
      NAME[c] = true;
    }
  }

  private H2FieldBytes() {}

  /// Copies a text to `out` from `at` on.
  ///
  /// @param noSpace whether there must be no space and no tab in it
  /// @return whether it is good: without control bytes, and characters that are no bytes
  public static boolean copy(CharSequence text, byte[] out, int at, boolean noSpace) {
    int end = at + text.length();
    boolean bad = false;
    if (text instanceof AsciiString ascii) {
      System.arraycopy(ascii.array(), ascii.arrayOffset(), out, at, end - at);
    } else {
      for (int i = at; i < end; i++) {
        char c = text.charAt(i - at);
        bad |= c > 0xff;
        out[i] = (byte) c;
      }
    }
    int lowest = noSpace ? 0x21 : 0x20;
    for (int i = at; i < end; i++) {
      byte b = out[i];
      bad |= b >= 0 && b < lowest && (b != '\t' || noSpace) || b == 0x7f;
    }
    return !bad;
  }

  /// Whether the bytes of `[from, to)` are those of a name: a token without upper-case letters.
  public static boolean isName(byte[] b, int from, int to) {
    boolean good = true;
    for (int i = from; i < to; i++) {
      good &= b[i] >= 0 && NAME[b[i]];
    }
    return good;
  }
}
