package dev.lintel.ingress.feature.cors;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The origins that are listed. Compared as a whole and without regard to case; `*` stands for one
/// label. Immutable.
final class Origins {
  /// The entry that lists all origins.
  static final String ALL = "*";

  private static final Pattern ENTRY =
      Pattern.compile(
          "null|[a-z][-+.a-z0-9]*://"
              + "(?:(?:\\*\\.)?[-_a-z0-9]++(?:\\.[-_a-z0-9]++)*+|\\[[0-9a-f:.]++\\])(?::\\d{1,5})?");
  private static final byte[] STAR = {'*'};

  private final boolean all;
  private final byte[][] exact;

  /// What stands before and behind the label of each wildcard.
  private final byte[][] before;

  private final byte[][] behind;

  /// @param entries each of which [#isEntry] holds for
  Origins(List<String> entries) {
    all = entries.contains(ALL);
    List<byte[]> whole = new ArrayList<>();
    List<byte[]> heads = new ArrayList<>();
    List<byte[]> tails = new ArrayList<>();
    for (String entry : entries) {
      int star = entry.indexOf('*');
      if (star < 0) {
        whole.add(ascii(entry));
      } else if (!all) {
        heads.add(ascii(entry.substring(0, star)));
        tails.add(ascii(entry.substring(star + 1)));
      }
    }
    exact = whole.toArray(byte[][]::new);
    before = heads.toArray(byte[][]::new);
    behind = tails.toArray(byte[][]::new);
  }

  /// Whether this, in lower case, can be listed.
  static boolean isEntry(String entry) {
    return entry.equals(ALL) || ENTRY.matcher(entry).matches();
  }

  /// Whether every origin is listed.
  boolean areAll() {
    return all;
  }

  /// What a request's origin is answered with in `Access-Control-Allow-Origin`; null where it has
  /// none that is listed.
  byte @Nullable [] allowed(RequestHead request) {
    if (all) {
      return STAR;
    }
    int field = request.find(HeaderNames.ORIGIN);
    return field < 0 ? null : allowed(request.value(field, new Slice()));
  }

  /// The same for an origin.
  byte @Nullable [] allowed(Slice origin) {
    for (byte[] entry : exact) {
      if (entry.length == origin.length() && isAt(origin, 0, entry)) {
        return entry;
      }
    }
    for (int i = 0; i < before.length; i++) {
      int label = origin.length() - before[i].length - behind[i].length;
      if (label > 0
          && isAt(origin, 0, before[i])
          && isAt(origin, before[i].length + label, behind[i])
          && isLabel(origin, before[i].length, label)) {
        return origin.toBytes();
      }
    }
    return null;
  }

  private static boolean isAt(Slice text, int from, byte[] lower) {
    for (int i = 0; i < lower.length; i++) {
      if (lower(text.at(from + i)) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabel(Slice text, int from, int length) {
    for (int i = from; i < from + length; i++) {
      byte b = lower(text.at(i));
      if (!(b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_')) {
        return false;
      }
    }
    return true;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
