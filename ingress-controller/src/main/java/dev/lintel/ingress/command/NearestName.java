package dev.lintel.ingress.command;

import org.jspecify.annotations.Nullable;

/// Finds what a misspelt name was meant to be: the known name with the fewest letters changed.
final class NearestName {
  private NearestName() {}

  /// The nearest of `names`, or null where none is near enough to be worth a suggestion.
  static @Nullable String to(String wrong, Iterable<String> names) {
    String nearest = null;
    int least = Math.max(3, wrong.length() / 2);
    for (String name : names) {
      int distance = distance(wrong, name);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  /// Levenshtein's edit distance.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
