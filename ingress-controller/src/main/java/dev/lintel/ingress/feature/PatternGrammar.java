package dev.lintel.ingress.feature;

import dev.lintel.proxy.route.TextRegex;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A list of texts and regular expressions as they stand in nginx's `map`, with commas between.
/// Quotes and backslashes before quotes and backslashes are nginx's own; a comma within quotes, or
/// within the braces of a repetition, separates nothing.
final class PatternGrammar implements Grammar<List<TextPattern>> {
  private static final String DESCRIBE =
      "comma list of whole texts, `~` and a regular expression, or `~*` and one that any case fits";
  private static final Pattern ESCAPED = Pattern.compile("\\\\([\"'\\\\])");
  private static final Pattern WITHIN_BRACES = Pattern.compile("\\d*}.*", Pattern.DOTALL);

  @Override
  public Reading<List<TextPattern>> read(String text) {
    List<TextPattern> list = new ArrayList<>();
    for (String entry : entries(text)) {
      String stripped = entry.strip();
      String fault = fault(stripped);
      if (fault != null) {
        return new Reading.Fault<>(
            "holds " + Grammars.quoted(stripped) + ", which " + fault, DESCRIBE.replace("`", ""));
      }
      list.add(pattern(stripped));
    }
    return new Reading.Value<>(List.copyOf(list));
  }

  private static List<String> entries(String text) {
    List<String> entries = new ArrayList<>();
    int start = 0;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if ((c == '"' || c == '\'') && text.substring(start, i).isBlank()) {
        quote = c;
      } else if (c == ',' && !isRepetition(text, start, i)) {
        entries.add(text.substring(start, i));
        start = i + 1;
      }
    }
    entries.add(text.substring(start));
    return entries;
  }

  private static boolean isRepetition(String text, int start, int comma) {
    int brace = text.lastIndexOf('{', comma);
    return brace >= start
        && text.substring(brace + 1, comma).matches("\\d+")
        && WITHIN_BRACES.matcher(text.substring(comma + 1)).matches();
  }

  private static @Nullable String fault(String entry) {
    if (entry.isEmpty()) {
      return "is nothing";
    }
    if (entry.chars().anyMatch(Character::isISOControl)) {
      return "goes over several lines";
    }
    char first = entry.charAt(0);
    boolean opens = first == '"' || first == '\'';
    if (opens && (entry.length() < 2 || entry.charAt(entry.length() - 1) != first)) {
      return "does not end with its quote";
    }
    TextPattern pattern = pattern(entry);
    if (pattern.kind() == TextPattern.Kind.WHOLE) {
      return null;
    }
    if (pattern.text().isEmpty()) {
      return "is a regular expression without text";
    }
    return TextRegex.compile(pattern.text(), true) instanceof TextRegex.Refused(String reason)
        ? "is no regular expression that takes linear time: " + reason
        : null;
  }

  private static TextPattern pattern(String entry) {
    char first = entry.charAt(0);
    boolean quoted = entry.length() > 1 && (first == '"' || first == '\'');
    String bare = quoted ? entry.substring(1, entry.length() - 1) : entry;
    return TextPattern.of(ESCAPED.matcher(bare).replaceAll("$1"));
  }

  @Override
  public String describe() {
    return DESCRIBE;
  }

  @Override
  public String show(List<TextPattern> value) {
    return value.stream().map(TextPattern::toString).collect(Collectors.joining(", "));
  }
}
