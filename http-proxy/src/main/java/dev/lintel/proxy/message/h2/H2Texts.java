package dev.lintel.proxy.message.h2;

import dev.lintel.proxy.message.Slice;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// Texts of messages that were met before: names, and short values, of which there are few. One for
/// each loop or connection; a place holds the text that came last.
public final class H2Texts {
  private static final int PLACES = 64;
  private static final int LONGEST = 48;

  private final @Nullable AsciiString[] places = new AsciiString[PLACES];

  /// None met yet.
  public H2Texts() {}

  /// The name in lower case, as HTTP/2 wants it.
  public AsciiString name(Slice name) {
    byte[] b = name.bytes();
    int from = name.offset();
    int length = name.length();
    int hash = length;
    for (int i = from; i < from + length; i++) {
      hash = hash * 31 + lower(b[i]);
    }
    int place = place(hash);
    AsciiString known = places[place];
    if (known != null && isLower(known, b, from, length)) {
      return known;
    }
    byte[] own = new byte[length];
    for (int i = 0; i < length; i++) {
      own[i] = lower(b[from + i]);
    }
    AsciiString made = new AsciiString(own, false);
    places[place] = made;
    return made;
  }

  /// The value as it is.
  public AsciiString value(Slice value) {
    int length = value.length();
    if (length > LONGEST) {
      return new AsciiString(value.toBytes(), false);
    }
    byte[] b = value.bytes();
    int from = value.offset();
    int hash = ~length;
    for (int i = from; i < from + length; i++) {
      hash = hash * 31 + b[i];
    }
    int place = place(hash);
    AsciiString known = places[place];
    if (known != null && value.contentEquals(known.array())) {
      return known;
    }
    AsciiString made = new AsciiString(value.toBytes(), false);
    places[place] = made;
    return made;
  }

  private static int place(int hash) {
    int mixed = hash * 0x9e3779b9;
    return (mixed >>> 20) & (PLACES - 1);
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  private static boolean isLower(AsciiString known, byte[] b, int from, int length) {
    byte[] own = known.array();
    if (own.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (own[i] != lower(b[from + i])) {
        return false;
      }
    }
    return true;
  }
}
