package dev.lintel.ingress.feature;

import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.route.TextRegex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Compares the bytes of requests with a list of texts and regular expressions. Immutable, shared
/// by all loops; only regular expressions that are no plain text allocate.
public final class TextMatcher {
  private final byte[][] wholes;
  private final TextRegex[] regexes;

  /// @param patterns as their grammar read them
  public TextMatcher(List<TextPattern> patterns) {
    List<byte[]> texts = new ArrayList<>();
    List<TextRegex> expressions = new ArrayList<>();
    for (TextPattern pattern : patterns) {
      boolean anyCase = pattern.kind() == TextPattern.Kind.REGEX_ANY_CASE;
      if (pattern.kind() == TextPattern.Kind.WHOLE) {
        texts.add(lower(pattern.text().getBytes(StandardCharsets.UTF_8)));
      } else if (TextRegex.compile(pattern.text(), anyCase)
          instanceof TextRegex.Compiled(TextRegex regex)) {
        expressions.add(regex);
      } else {
        throw new IllegalArgumentException("the grammar let " + pattern + " pass");
      }
    }
    wholes = texts.toArray(byte[][]::new);
    regexes = expressions.toArray(TextRegex[]::new);
  }

  /// Whether there is nothing to compare with.
  public boolean isEmpty() {
    return wholes.length == 0 && regexes.length == 0;
  }

  /// Whether one of them fits.
  public boolean fits(Slice text) {
    for (byte[] whole : wholes) {
      if (isWhole(whole, text)) {
        return true;
      }
    }
    for (TextRegex regex : regexes) {
      if (regex.isFoundIn(text.bytes(), text.offset(), text.length())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWhole(byte[] lower, Slice text) {
    if (lower.length != text.length()) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if (lower(text.at(i)) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] lower(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = lower(bytes[i]);
    }
    return bytes;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }
}
