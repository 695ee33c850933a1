package dev.lintel.ingress.feature.rewrite;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.TargetForms;
import dev.lintel.proxy.route.PathRegex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The text of a rewrite: literal bytes and the groups of a match. A path is matched in its decoded
/// form; of a group the bytes are taken that the client sent, so that nothing encoded becomes a
/// delimiter. Immutable.
final class Replacement {
  static final int TOO_LONG = -1;
  static final int NO_MATCH = -2;

  /// Start and end of a match and of its nine groups.
  private static final int RANGES = 20;

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
    RequestHead request = exchange.request();
    Slice path = request.path();
    int[] ranges = new int[RANGES];
    Arrays.fill(ranges, -1);
    return regex.find(path.bytes(), path.offset(), path.length(), ranges)
        ? write(request.wirePath(), ranges, exchange.loop().out())
        : NO_MATCH;
  }

  /// Writes the text for a match into `out` from its start.
  ///
  /// @param ranges starts and ends of the groups within the match form; -1 for a group that took no
  ///   part
  /// @return the length, or `TOO_LONG`
  private int write(Slice wire, int[] ranges, byte[] out) {
    int length = 0;
    for (int i = 0; i < literals.length; i++) {
      length = append(literals[i], 0, literals[i].length, out, length);
      int group = groups[i];
      if (length >= 0 && group >= 0 && ranges[2 * group] >= 0) {
        int from = TargetForms.wireIndex(wire, ranges[2 * group]);
        int to = TargetForms.wireIndex(wire, ranges[2 * group + 1]);
        length = append(wire.bytes(), wire.offset() + from, to - from, out, length);
      }
      if (length < 0) {
        return TOO_LONG;
      }
    }
    return length;
  }

  private static int append(byte[] bytes, int from, int count, byte[] out, int length) {
    if (length + count > out.length) {
      return TOO_LONG;
    }
    System.arraycopy(bytes, from, out, length, count);
    return length + count;
  }
}
