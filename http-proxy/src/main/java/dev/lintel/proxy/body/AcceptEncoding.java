package dev.lintel.proxy.body;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;

/// Reads `Accept-Encoding` (RFC 9110 12.5.3) for one coding after another. As with nginx, `*` asks
/// for nothing: who writes only that gets the response as it is, which every client must take.
final class AcceptEncoding {
  private AcceptEncoding() {}

  /// How much a client likes a coding, in thousandths: 0 where it is not named or has a weight of
  /// nothing. What cannot be read counts as nothing.
  ///
  /// @param coding its name in lower case
  /// @param scratch moved to the fields' values
  static int weight(RequestHead request, byte[] coding, Slice scratch) {
    int field = request.find(HeaderNames.ACCEPT_ENCODING);
    while (field >= 0) {
      request.value(field, scratch);
      int weight = weight(scratch, coding);
      if (weight != UNNAMED) {
        return weight;
      }
      field = request.next(HeaderNames.ACCEPT_ENCODING, field);
    }
    return 0;
  }

  private static final int UNNAMED = -1;
  private static final int MOST = 1000;

  private static int weight(Slice list, byte[] coding) {
    int at = 0;
    while (at < list.length()) {
      int end = end(list, at, ',');
      int nameEnd = Math.min(end(list, at, ';'), end);
      if (isNamed(list, at, nameEnd, coding)) {
        return nameEnd == end ? MOST : thousandths(list, nameEnd + 1, end);
      }
      at = end + 1;
    }
    return UNNAMED;
  }

  /// Index of the next `mark`, or of the end.
  private static int end(Slice list, int from, char mark) {
    int i = from;
    while (i < list.length() && list.at(i) != mark) {
      i++;
    }
    return i;
  }

  private static boolean isNamed(Slice list, int from, int to, byte[] lower) {
    int start = skip(list, from, to);
    int end = to;
    while (end > start && isBlank(list.at(end - 1))) {
      end--;
    }
    if (end - start != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      byte b = list.at(start + i);
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// A weight among parameters, such as `q=0.5`; 0 where they are something else. More than one
  /// counts as one, and less than a thousandth as a thousandth.
  private static int thousandths(Slice list, int from, int to) {
    int p = skip(list, from, to);
    if (p + 1 >= to || (list.at(p) | 0x20) != 'q' || list.at(p + 1) != '=') {
      return 0;
    }
    p = skip(list, p + 2, to);
    int sum = 0;
    int worth = MOST;
    boolean positive = false;
    boolean fraction = false;
    for (; p < to && !isBlank(list.at(p)); p++) {
      byte b = list.at(p);
      if (b == '.') {
        fraction = true;
        continue;
      }
      if (b < '0' || b > '9') {
        return 0;
      }
      worth = fraction ? worth / 10 : worth;
      positive |= b != '0';
      sum = Math.min(MOST, sum + (b - '0') * worth);
    }
    if (skip(list, p, to) != to) {
      return 0;
    }
    return positive ? Math.max(1, sum) : 0;
  }

  private static int skip(Slice list, int from, int to) {
    int i = from;
    while (i < to && isBlank(list.at(i))) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
