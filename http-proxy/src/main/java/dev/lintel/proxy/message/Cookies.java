package dev.lintel.proxy.message;

/// Finds the cookies of a request in its fields `Cookie` (RFC 6265 4.2), without an object for any
/// of them.
public final class Cookies {
  /// Where a search begins.
  public static final long FIRST = 0;

  /// The end of a search: there is no (further) one.
  public static final long NONE = -1;

  private Cookies() {}

  /// Moves `value` to the next cookie of this name, in any case.
  ///
  /// @param from [#FIRST], or what the last call returned
  /// @return where the search goes on; [#NONE], and an empty `value`, where there is none left
  public static long next(RequestHead head, HeaderName name, long from, Slice value) {
    int skip = (int) (from >>> Integer.SIZE);
    int at = (int) from;
    int order = 0;
    for (int i = head.find(HeaderNames.COOKIE); i >= 0; i = head.next(HeaderNames.COOKIE, i)) {
      if (order++ < skip) {
        continue;
      }
      head.value(i, value);
      int end = pair(name, value, at);
      if (end >= 0) {
        return (long) (order - 1) << Integer.SIZE | end;
      }
      at = 0;
    }
    value.clear();
    return NONE;
  }

  /// Moves `value`, a whole field, to the value of the first pair of this name from `from` on.
  ///
  /// @return the index behind the pair; -1, and nothing moved, where there is none
  private static int pair(HeaderName name, Slice field, int from) {
    byte[] b = field.bytes();
    int base = field.offset();
    int end = base + field.length();
    int at = base + from;
    while (at < end) {
      while (at < end && (b[at] == ' ' || b[at] == ';')) {
        at++;
      }
      int start = at;
      int equals = -1;
      while (at < end && b[at] != ';') {
        if (equals < 0 && b[at] == '=') {
          equals = at;
        }
        at++;
      }
      if (equals > start && name.matches(b, start, equals - start)) {
        int valueEnd = at;
        while (valueEnd > equals + 1 && b[valueEnd - 1] == ' ') {
          valueEnd--;
        }
        field.set(b, equals + 1, valueEnd - equals - 1);
        return at - base;
      }
    }
    return -1;
  }
}
