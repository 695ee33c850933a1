package dev.lintel.proxy.route;

import java.nio.charset.StandardCharsets;

/// The plain text every match of an expression begins with: comparing it spares the engine for most
/// paths of other routes.
///
/// @param lower the text in lower case; empty where none can be told
/// @param rest what stands behind it in the expression
@SuppressWarnings("ArrayRecordComponent") // never compared
record LiteralPrefix(byte[] lower, String rest) {
  private static final byte[] NONE = {};
  private static final String QUANTIFIERS = "*+?{";

  static LiteralPrefix of(String pattern) {
    if (alternates(pattern)) {
      return new LiteralPrefix(NONE, pattern);
    }
    StringBuilder prefix = new StringBuilder();
    int i = pattern.startsWith("^") ? 1 : 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      int next = i + 1;
      if (c == '\\' && next < pattern.length() && isPunctuation(pattern.charAt(next))) {
        c = pattern.charAt(next++);
      } else if (!isPlain(c)) {
        break;
      }
      if (next < pattern.length() && QUANTIFIERS.indexOf(pattern.charAt(next)) >= 0) {
        break;
      }
      prefix.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
      i = next;
    }
    byte[] lower = prefix.toString().getBytes(StandardCharsets.US_ASCII);
    return new LiteralPrefix(lower, pattern.substring(i));
  }

  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "/_-~%=:,;@!&'".indexOf(c) >= 0;
  }

  private static boolean isPunctuation(char c) {
    return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
  }

  /// Whether `|` stands outside of groups, escapes and classes (or might: quoting with `\Q`
  /// counts).
  private static boolean alternates(String pattern) {
    int depth = 0;
    boolean set = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        if (i + 1 < pattern.length() && pattern.charAt(i + 1) == 'Q') {
          return true;
        }
        i++;
      } else if (set) {
        set = c != ']';
      } else if (c == '[') {
        set = true;
        // "[]" and "[^]" hold the bracket itself
        if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '^') {
          i++;
        }
        if (i + 1 < pattern.length() && pattern.charAt(i + 1) == ']') {
          i++;
        }
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == '|' && depth <= 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether the text stands at `offset`, with `length` bytes left there.
  boolean begins(byte[] path, int offset, int length) {
    if (length < lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      byte b = path[offset + i];
      if (b >= 'A' && b <= 'Z') {
        b += 32;
      }
      if (b != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
