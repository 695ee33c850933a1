package dev.lintel.proxy.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A regular expression that is looked for anywhere in a text, such as the value of a header field:
/// what nginx's `map` and `if` do with `~` and `~*`. Immutable, shared by all loops.
///
/// The time of a search grows with the length of the text alone: there is no other engine to fall
/// back on, so what only a backtracking one can do is refused. A search allocates a little, unless
/// the expression is plain text.
public final class TextRegex {
  private static final String SPECIAL = "\\.[](){}*+?^$|";

  /// What became of an expression.
  public sealed interface Result permits Compiled, Refused {}

  /// The expression can be used.
  public record Compiled(TextRegex regex) implements Result {}

  /// The expression cannot be used.
  ///
  /// @param reason the end of a sentence
  public record Refused(String reason) implements Result {}

  private final String source;
  private final boolean anyCase;
  private final Pattern pattern;
  private final byte @Nullable [] plain;

  private TextRegex(String source, boolean anyCase, Pattern pattern, byte @Nullable [] plain) {
    this.source = source;
    this.anyCase = anyCase;
    this.pattern = pattern;
    this.plain = plain;
  }

  /// Compiles an expression in the common part of PCRE and RE2.
  ///
  /// @param anyCase whether it is compared without regard to case
  public static Result compile(String source, boolean anyCase) {
    // Bytes are searched, so a character beyond ASCII is the bytes it has there.
    byte[] bytes = source.getBytes(StandardCharsets.UTF_8);
    try {
      Pattern pattern =
          Pattern.compile(
              new String(bytes, StandardCharsets.ISO_8859_1),
              Pattern.DOTALL | (anyCase ? Pattern.CASE_INSENSITIVE : 0));
      return new Compiled(new TextRegex(source, anyCase, pattern, plain(source, bytes, anyCase)));
    } catch (PatternSyntaxException e) {
      String where = e.getPattern() == null ? "" : " `" + e.getPattern() + "`";
      return new Refused(e.getDescription() + where);
    }
  }

  private static byte @Nullable [] plain(String source, byte[] bytes, boolean anyCase) {
    for (byte b : bytes) {
      if (b < 0 || SPECIAL.indexOf(b) >= 0) {
        return null;
      }
    }
    return anyCase ? source.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII) : bytes;
  }

  /// Whether there is a match anywhere in `text[offset, offset + length)`.
  public boolean isFoundIn(byte[] text, int offset, int length) {
    if (plain == null) {
      return pattern.matcher(new ByteText(text, offset, length)).find();
    }
    for (int from = offset; from + plain.length <= offset + length; from++) {
      if (stands(plain, text, from)) {
        return true;
      }
    }
    return false;
  }

  private boolean stands(byte[] sought, byte[] text, int from) {
    for (int i = 0; i < sought.length; i++) {
      byte b = text[from + i];
      if (anyCase && b >= 'A' && b <= 'Z') {
        b += 32;
      }
      if (b != sought[i]) {
        return false;
      }
    }
    return true;
  }

  /// The expression as written.
  @Override
  public String toString() {
    return source;
  }
}
