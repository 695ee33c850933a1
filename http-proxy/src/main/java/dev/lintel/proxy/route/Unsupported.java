package dev.lintel.proxy.route;

import org.jspecify.annotations.Nullable;

/// The parts of PCRE's language that neither engine has, by name, so that the user reads what it
/// is.
final class Unsupported {
  private static final String[][] PARTS = {
    {"\\K", "\\K"},
    {"(?R)", "recursion (?R)"},
    {"(?0)", "recursion (?0)"},
    {"(?&", "recursion (?&name)"},
    {"(?P>", "recursion (?P>name)"},
    {"(?(", "a conditional (?(…)"},
    {"(?|", "a branch reset (?|…)"},
    {"(*", "a verb (*…)"},
    {"\\g", "\\g"},
    {"\\C", "\\C"},
    {"[[:", "a POSIX class beside lookaround or possessive quantifiers"},
  };

  private Unsupported() {}

  /// The first such part of the pattern, or null.
  static @Nullable String in(String pattern) {
    String bare = pattern.replace("\\\\", "");
    for (String[] part : PARTS) {
      if (bare.contains(part[0])) {
        return part[1];
      }
    }
    for (int i = bare.indexOf("(?"); i >= 0; i = bare.indexOf("(?", i + 1)) {
      int next = i + 2;
      boolean sign = next < bare.length() && "+-".indexOf(bare.charAt(next)) >= 0;
      int digit = sign ? next + 1 : next;
      if (digit < bare.length() && Character.isDigit(bare.charAt(digit))) {
        return "recursion (?" + bare.charAt(digit) + ")";
      }
    }
    return null;
  }
}
