package dev.lintel.ingress.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A selector of labels as Kubernetes' command line writes it: `a=b,c!=d,e in (f,g),h notin
/// (i),j,!k`. All of its requirements must hold.
public record LabelSelector(List<Requirement> requirements) {
  /// Selects everything.
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

  private static final String KEY = "([-A-Za-z0-9_./]+)";
  private static final Pattern SET = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY =
      Pattern.compile(KEY + "\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)");
  private static final Pattern EXISTENCE = Pattern.compile("(!?)\\s*" + KEY);

  /// One requirement.
  ///
  /// @param values the values that fit; null where any does
  /// @param isNegated whether what fits is refused; a label that is missing fits a negated one
  public record Requirement(String label, @Nullable Set<String> values, boolean isNegated) {
    boolean accepts(Map<String, String> labels) {
      String value = labels.get(label);
      boolean fits = value != null && (values == null || values.contains(value));
      return fits != isNegated;
    }
  }

  /// Reads the text of a flag.
  ///
  /// @throws IllegalArgumentException with a sentence for the user, where it is none
  public static LabelSelector parse(String text) {
    List<Requirement> requirements = new ArrayList<>();
    // A comma inside brackets separates values, not requirements.
    for (String part : text.split(",(?![^()]*\\))", -1)) {
      if (!part.isBlank()) {
        requirements.add(requirement(part.strip()));
      }
    }
    return new LabelSelector(List.copyOf(requirements));
  }

  private static Requirement requirement(String part) {
    Matcher set = SET.matcher(part);
    if (set.matches()) {
      Set<String> values = new TreeSet<>();
      Arrays.stream(set.group(3).split(",", -1)).map(String::strip).forEach(values::add);
      return new Requirement(set.group(1), values, set.group(2).equals("notin"));
    }
    Matcher equality = EQUALITY.matcher(part);
    if (equality.matches()) {
      return new Requirement(
          equality.group(1), Set.of(equality.group(3)), equality.group(2).equals("!="));
    }
    Matcher existence = EXISTENCE.matcher(part);
    if (existence.matches()) {
      return new Requirement(existence.group(2), null, !existence.group(1).isEmpty());
    }
    throw new IllegalArgumentException(
        "\"" + part + "\" is no label selector (expected: such as team=shop,tier in (a,b),!old)");
  }

  /// Whether an object with these labels is selected.
  public boolean accepts(Map<String, String> labels) {
    for (Requirement requirement : requirements) {
      if (!requirement.accepts(labels)) {
        return false;
      }
    }
    return true;
  }
}
