package dev.lintel.ingress.feature;

import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.route.PathRegex;
import dev.lintel.proxy.route.RegexTooCostly;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A text of an upstream that is replaced by another one, as nginx's `proxy_redirect`,
/// `proxy_cookie_path` and `proxy_cookie_domain` do. Immutable, shared by all loops.
///
/// What is looked for is plain text, or a regular expression behind `~` (`~*` without regard to
/// case), which is found anywhere and replaces the whole value. What takes its place may hold
/// `$scheme` and `$host` of the request, and `$1` to `$9` for the groups of the expression.
public final class Substitution {
  /// What plain text is compared with.
  public enum Plain {
    /// The beginning of the value, which alone is replaced.
    PREFIX,
    /// All of the value, as host names are compared: without regard to case or a dot in front.
    NAME
  }

  /// What became of a pair of texts.
  public sealed interface Result permits Made, Refused {}

  /// It can be used.
  public record Made(Substitution substitution) implements Result {}

  /// It cannot.
  ///
  /// @param found what is wrong with it
  /// @param expected what would have been right; may be empty
  public record Refused(String found, String expected) implements Result {}

  private static final byte[] HTTP = "http".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HTTPS = "https".getBytes(StandardCharsets.US_ASCII);
  private static final String SCHEME = "scheme";
  private static final String HOST = "host";
  private static final int MOST_GROUPS = 9;

  private final Plain plain;
  private final byte[] from;
  private final @Nullable PathRegex regex;
  private final String to;

  private Substitution(Plain plain, String from, @Nullable PathRegex regex, String to) {
    this.plain = plain;
    this.from = from.getBytes(StandardCharsets.US_ASCII);
    this.regex = regex;
    this.to = to;
  }

  /// Reads a pair of texts in printable ASCII.
  public static Result of(String from, String to, Plain plain) {
    if (!from.startsWith("~")) {
      String fault = fault(to, 0);
      if (from.indexOf('$') >= 0) {
        return new Refused(
            "has a variable in what is replaced", "plain text, or ~ and an expression");
      }
      boolean dotted = plain == Plain.NAME && from.startsWith(".");
      return fault != null
          ? refused(fault)
          : new Made(new Substitution(plain, dotted ? from.substring(1) : from, null, to));
    }
    boolean anyCase = plain == Plain.NAME || from.startsWith("~*");
    String source = from.substring(from.startsWith("~*") ? 2 : 1);
    return switch (PathRegex.compile(anyCase ? source : "(?-i)" + source)) {
      case PathRegex.Refused(String reason) ->
          new Refused("is no regular expression: " + reason, "one in the syntax of RE2");
      case PathRegex.Compiled(PathRegex compiled) -> {
        if (!compiled.isLinear()) {
          yield new Refused("needs an expression that backtracks", "one in the syntax of RE2");
        }
        String fault = fault(to, compiled.groupCount());
        yield fault != null ? refused(fault) : new Made(new Substitution(plain, "", compiled, to));
      }
    };
  }

  private static Refused refused(String variable) {
    return new Refused(
        "names " + variable + ", which is not known",
        "$scheme, $host, or a group of the regular expression");
  }

  /// The first variable that nobody knows, or null.
  private static @Nullable String fault(String to, int groups) {
    for (int at = to.indexOf('$'); at >= 0; at = to.indexOf('$', at + 1)) {
      String name = variable(to, at);
      boolean isGroup = name.matches("[1-9]") && Integer.parseInt(name) <= groups;
      if (!isGroup && !name.equals(SCHEME) && !name.equals(HOST)) {
        return "$" + name;
      }
    }
    return null;
  }

  /// The name behind the `$` at this place: one digit, or letters.
  private static String variable(String to, int at) {
    int end = at + 1;
    while (end < to.length()
        && (Character.isLetterOrDigit(to.charAt(end)) || to.charAt(end) == '_')) {
      end++;
      if (Character.isDigit(to.charAt(at + 1))) {
        break;
      }
    }
    return to.substring(at + 1, end);
  }

  /// The value with its part replaced; null where nothing is to be replaced. Allocates.
  ///
  /// @param https whether the client came over TLS
  /// @param host that the client asked for
  public byte @Nullable [] apply(boolean https, Slice host, byte[] bytes, int offset, int length) {
    PathRegex expression = regex;
    int[] groups = {};
    int rest = length;
    if (expression != null) {
      groups = new int[2 * (MOST_GROUPS + 1)];
      if (!finds(expression, bytes, offset, length, groups)) {
        return null;
      }
    } else if (plain == Plain.PREFIX) {
      if (!begins(bytes, offset, length)) {
        return null;
      }
      rest = from.length;
    } else if (!isName(bytes, offset, length)) {
      return null;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + to.length());
    write(out, https, host, bytes, offset, groups);
    out.write(bytes, offset + rest, length - rest);
    return out.toByteArray();
  }

  private static boolean finds(
      PathRegex expression, byte[] bytes, int offset, int length, int[] groups) {
    try {
      return expression.find(bytes, offset, length, groups);
    } catch (RegexTooCostly _) {
      return false;
    }
  }

  private boolean begins(byte[] bytes, int offset, int length) {
    if (length < from.length) {
      return false;
    }
    for (int i = 0; i < from.length; i++) {
      if (bytes[offset + i] != from[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean isName(byte[] bytes, int offset, int length) {
    int dot = length > 0 && bytes[offset] == '.' ? 1 : 0;
    String text =
        new String(bytes, offset + dot, length - dot, StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    return text.equals(new String(from, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT));
  }

  private void write(
      ByteArrayOutputStream out,
      boolean https,
      Slice host,
      byte[] bytes,
      int offset,
      int[] groups) {
    int at = 0;
    while (at < to.length()) {
      char c = to.charAt(at);
      if (c != '$') {
        out.write(c);
        at++;
        continue;
      }
      String name = variable(to, at);
      at += 1 + name.length();
      if (name.equals(SCHEME)) {
        out.writeBytes(https ? HTTPS : HTTP);
      } else if (name.equals(HOST)) {
        out.write(host.bytes(), host.offset(), host.length());
      } else {
        int group = 2 * (name.charAt(0) - '0');
        if (groups[group] >= 0) {
          out.write(bytes, offset + groups[group], groups[group + 1] - groups[group]);
        }
      }
    }
  }
}
