package dev.lintel.ingress.feature.rewrite;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.route.PathRegex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The text of a rewrite: literal bytes and the groups of a match, which are percent-encoded again
/// since a path is matched in its decoded form. Immutable.
final class Replacement {
  static final int TOO_LONG = -1;
  static final int NO_MATCH = -2;

  /// Start and end of a match and of its nine groups.
  private static final int RANGES = 20;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final String UNSAFE = " \"#%<>?\\^`{|}";

  /// Literals, and where one is empty the group of the same index.
  private final byte[][] literals;

  private final int[] groups;

  private Replacement(byte[][] literals, int[] groups) {
    this.literals = literals;
    this.groups = groups;
  }

  /// Reads `$0` to `$9` as groups; another `$` stands for itself.
  static Replacement of(String text) {
    List<byte[]> literals = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean group =
          c == '$'
              && i + 1 < text.length()
              && text.charAt(i + 1) >= '0'
              && text.charAt(i + 1) <= '9';
      if (!group) {
        literal.append(c);
        continue;
      }
      literals.add(literal.toString().getBytes(StandardCharsets.US_ASCII));
      literal.setLength(0);
      groups.add(text.charAt(++i) - '0');
    }
    literals.add(literal.toString().getBytes(StandardCharsets.US_ASCII));
    groups.add(-1);
    return new Replacement(
        literals.toArray(byte[][]::new), groups.stream().mapToInt(Integer::intValue).toArray());
  }

  /// Finds `regex` in the request's path and writes the text for the match into the scratch memory
  /// of the exchange's loop, from its start.
  ///
  /// @return the length, `NO_MATCH`, or `TOO_LONG` where it does not fit
  int write(Exchange exchange, PathRegex regex) {
    Slice path = exchange.request().path();
    int[] ranges = new int[RANGES];
    Arrays.fill(ranges, -1);
    return regex.find(path.bytes(), path.offset(), path.length(), ranges)
        ? write(path, ranges, exchange.loop().out())
        : NO_MATCH;
  }

  /// Writes the text for a match into `out` from its start.
  ///
  /// @param ranges starts and ends of the groups within `path`; -1 for a group that took no part
  /// @return the length, or `TOO_LONG`
  private int write(Slice path, int[] ranges, byte[] out) {
    int length = 0;
    for (int i = 0; i < literals.length; i++) {
      if (length + literals[i].length > out.length) {
        return TOO_LONG;
      }
      System.arraycopy(literals[i], 0, out, length, literals[i].length);
      length += literals[i].length;
      int group = groups[i];
      if (group >= 0 && ranges[2 * group] >= 0) {
        length = encode(path, ranges[2 * group], ranges[2 * group + 1], out, length);
      }
      if (length < 0) {
        return TOO_LONG;
      }
    }
    return length;
  }

  private static int encode(Slice path, int from, int to, byte[] out, int length) {
    int at = length;
    for (int i = from; i < to; i++) {
      byte b = path.bytes()[path.offset() + i];
      if (at + 3 > out.length) {
        return TOO_LONG;
      }
      if (b > 0x20 && b < 0x7f && UNSAFE.indexOf(b) < 0) {
        out[at++] = b;
      } else {
        out[at++] = '%';
        out[at++] = HEX[b >> 4 & 15];
        out[at++] = HEX[b & 15];
      }
    }
    return at;
  }
}
