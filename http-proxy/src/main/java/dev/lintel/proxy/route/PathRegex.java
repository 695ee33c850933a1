package dev.lintel.proxy.route;

import java.nio.charset.StandardCharsets;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A regular expression that paths are matched with: case-insensitive, over the bytes of the match
/// form, as ingress-nginx's `location ~* "^…"` does. Immutable, shared by all loops; a match
/// allocates a little.
///
/// A dot takes a line feed, too: otherwise `%0A` in a path would lead past a guarded expression.
///
/// An engine without backtracking is used wherever it understands the expression. What only a
/// backtracking one does (lookaround, possessive quantifiers, back references) runs with a budget
/// of steps.
public final class PathRegex {
  /// Steps of the backtracking engine for one match, well under a millisecond.
  static final int STEPS = 50_000;

  /// What became of an expression.
  public sealed interface Result permits Compiled, Refused {}

  /// The expression can be used.
  public record Compiled(PathRegex regex) implements Result {}

  /// The expression cannot be used.
  ///
  /// @param reason the end of a sentence, e.g. `\K is not supported`
  public record Refused(String reason) implements Result {}

  private final String source;
  private final LiteralPrefix literal;
  private final @Nullable PlainTail tail;
  private final com.google.re2j.@Nullable Pattern linear;
  private final java.util.regex.@Nullable Pattern backtracking;
  private final int groups;

  private PathRegex(
      String source,
      com.google.re2j.@Nullable Pattern linear,
      java.util.regex.@Nullable Pattern backtracking) {
    this.source = source;
    this.literal = LiteralPrefix.of(source);
    boolean plain = linear != null && literal.lower().length > 0 && !source.startsWith("^");
    this.tail = plain ? PlainTail.of(literal.rest()) : null;
    this.linear = linear;
    this.backtracking = backtracking;
    this.groups =
        linear != null
            ? linear.groupCount()
            : backtracking != null ? backtracking.matcher("").groupCount() : 0;
  }

  /// Compiles an expression as users of ingress-nginx write it (PCRE).
  public static Result compile(String source) {
    // Bytes are matched, so a character beyond ASCII is the bytes it has in a decoded path.
    String pattern =
        new String(source.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    try {
      com.google.re2j.Pattern linear =
          com.google.re2j.Pattern.compile(
              pattern, com.google.re2j.Pattern.CASE_INSENSITIVE | com.google.re2j.Pattern.DOTALL);
      return new Compiled(new PathRegex(source, linear, null));
    } catch (com.google.re2j.PatternSyntaxException _) {
      return backtracking(source, pattern);
    }
  }

  private static Result backtracking(String source, String pattern) {
    String unsupported = Unsupported.in(pattern);
    if (unsupported != null) {
      return new Refused(unsupported + " is not supported");
    }
    try {
      java.util.regex.Pattern compiled =
          java.util.regex.Pattern.compile(
              pattern, java.util.regex.Pattern.CASE_INSENSITIVE | java.util.regex.Pattern.DOTALL);
      return new Compiled(new PathRegex(source, null, compiled));
    } catch (PatternSyntaxException e) {
      return new Refused(e.getDescription() + (e.getIndex() < 0 ? "" : " at " + e.getIndex()));
    }
  }

  /// Whether the path begins with a match: how routes are found.
  ///
  /// @throws RegexTooCostly where the steps were used up
  public boolean matches(byte[] path, int offset, int length) {
    if (!literal.begins(path, offset, length)) {
      return false;
    }
    if (tail != null) {
      return tail.fits(path, offset + literal.lower().length, offset + length);
    }
    if (linear != null) {
      return linear.matcher(new ByteText(path, offset, length)).lookingAt();
    }
    try {
      return backtracking(path, offset, length).lookingAt();
    } catch (StackOverflowError _) {
      throw RegexTooCostly.INSTANCE;
    }
  }

  /// Finds the first match anywhere in the path: how rewrites read their captures. Where there is
  /// one, `ranges` gets start and end (relative to `offset`, -1 for a group that took no part) of
  /// the match and of each group it has room for.
  ///
  /// @throws RegexTooCostly where the steps were used up
  public boolean find(byte[] path, int offset, int length, int[] ranges) {
    if (tail != null) {
      return findPlain(tail, path, offset, length, ranges);
    }
    if (linear != null) {
      com.google.re2j.Matcher matcher = linear.matcher(new ByteText(path, offset, length));
      if (!matcher.find()) {
        return false;
      }
      for (int i = 0; i <= groups && 2 * i + 1 < ranges.length; i++) {
        ranges[2 * i] = matcher.start(i);
        ranges[2 * i + 1] = matcher.end(i);
      }
      return true;
    }
    try {
      java.util.regex.Matcher matcher = backtracking(path, offset, length);
      if (!matcher.find()) {
        return false;
      }
      for (int i = 0; i <= groups && 2 * i + 1 < ranges.length; i++) {
        ranges[2 * i] = matcher.start(i);
        ranges[2 * i + 1] = matcher.end(i);
      }
      return true;
    } catch (StackOverflowError _) {
      throw RegexTooCostly.INSTANCE;
    }
  }

  private boolean findPlain(PlainTail tail, byte[] path, int offset, int length, int[] ranges) {
    int end = offset + length;
    int text = literal.lower().length;
    for (int from = offset; from + text <= end; from++) {
      if (literal.begins(path, from, end - from) && tail.fits(path, from + text, end)) {
        int to = tail.end(path, offset, from + text, end, ranges);
        ranges[0] = from - offset;
        ranges[1] = to - offset;
        return true;
      }
    }
    return false;
  }

  private java.util.regex.Matcher backtracking(byte[] path, int offset, int length) {
    if (backtracking == null) {
      throw new IllegalStateException("no engine");
    }
    return backtracking.matcher(new CountedText(path, offset, length, STEPS));
  }

  /// Number of capturing groups.
  public int groupCount() {
    return groups;
  }

  /// Whether the time of a match grows with the length of the path alone.
  public boolean isLinear() {
    return linear != null;
  }

  /// The expression as written.
  @Override
  public String toString() {
    return source;
  }
}
