package dev.lintel.proxy.body;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;

/// Reads `Accept-Encoding` (RFC 9110 12.5.3) for one coding. As with nginx, `*` asks for nothing:
/// who writes only that gets the response as it is, which every client must take.
final class AcceptEncoding {
  private AcceptEncoding() {}

  /// Whether a client takes a coding: it is named, and not with a weight of nothing. What cannot be
  /// read counts as not named.
  ///
  /// @param coding its name in lower case
  /// @param scratch moved to the fields' values
  static boolean takes(RequestHead request, byte[] coding, Slice scratch) {
    int field = request.find(HeaderNames.ACCEPT_ENCODING);
    while (field >= 0) {
      request.value(field, scratch);
      int weight = weight(scratch, coding);
      if (weight != UNNAMED) {
        return weight == ACCEPTED;
      }
      field = request.next(HeaderNames.ACCEPT_ENCODING, field);
    }
    return false;
  }

  private static final int UNNAMED = 0;
  private static final int REFUSED = 1;
  private static final int ACCEPTED = 2;

  private static int weight(Slice list, byte[] coding) {
    int at = 0;
    while (at < list.length()) {
      int end = end(list, at, ',');
      int nameEnd = Math.min(end(list, at, ';'), end);
      if (isNamed(list, at, nameEnd, coding)) {
        return nameEnd == end || isPositive(list, nameEnd + 1, end) ? ACCEPTED : REFUSED;
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

  /// Whether these parameters are a weight above nothing: `q=0.5`, not `q=0.000`.
  private static boolean isPositive(Slice list, int from, int to) {
    int p = skip(list, from, to);
    if (p + 1 >= to || (list.at(p) | 0x20) != 'q' || list.at(p + 1) != '=') {
      return false;
    }
    p = skip(list, p + 2, to);
    boolean positive = false;
    int digits = 0;
    for (; p < to && !isBlank(list.at(p)); p++) {
      byte b = list.at(p);
      if (b >= '1' && b <= '9') {
        positive = true;
      } else if (b != '0' && b != '.') {
        return false;
      }
      digits++;
    }
    return positive && digits > 0 && skip(list, p, to) == to;
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
