package dev.lintel.corpus.script;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers as scripts write them: `20000`, `20,000`, `2^32-1`, and sizes such as `10 MiB`.
final class Numbers {
  /// A number, in a pattern.
  static final String NUMBER = "\\d[\\d,]*(?:\\^\\d+)?(?:[+-]\\d+)?";

  /// A size, in a pattern.
  static final String SIZE = NUMBER + "(?: ?(?:bytes?|B|kB|KB|KiB|MB|MiB))?";

  /// A size with its unit, in a pattern.
  static final String UNITS = NUMBER + "[ -]?(?:bytes?|B|kB|KB|KiB|MB|MiB)";

  private static final Pattern PARTS =
      Pattern.compile("(\\d+)(?:\\^(\\d+))?([+-]\\d+)?(?:[ -]?([A-Za-z]+))?");

  private Numbers() {}

  static long of(String text) {
    Matcher parts = PARTS.matcher(text.replace(",", ""));
    if (!parts.matches()) {
      throw new UnknownStep(text);
    }
    long value = Long.parseLong(parts.group(1));
    if (parts.group(2) != null) {
      long base = value;
      for (int i = Integer.parseInt(parts.group(2)); i > 1; i--) {
        value *= base;
      }
    }
    if (parts.group(3) != null) {
      value += Long.parseLong(parts.group(3));
    }
    return value * unit(parts.group(4) == null ? "B" : parts.group(4));
  }

  private static long unit(String unit) {
    return switch (unit) {
      case "kB", "KB" -> 1_000;
      case "KiB" -> 1_024;
      case "MB" -> 1_000_000;
      case "MiB" -> 1_048_576;
      default -> 1;
    };
  }
}
