package dev.lintel.ingress.feature;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every setting that Lintel carries out, by the names users write, and the way from a misspelt
/// name to the nearest real one.
public final class Declarations {
  /// Every setting once: those of the features in their order, then the rules read by the compiler.
  public static final List<Setting<?>> ALL = all();

  private static final Map<String, Setting<?>> ANNOTATIONS = new HashMap<>();
  private static final Map<String, Setting<?>> KEYS = new HashMap<>();

  /// Names that people made up, and what they meant; the spelling alone does not lead there.
  private static final Map<String, String> MADE_UP =
      Map.of(
          "rate-limit", "limit-rps",
          "client-max-body-size", "proxy-body-size",
          "canary-by-weight", "canary-weight",
          "mirror-uri", "mirror-target");

  static {
    for (Setting<?> setting : ALL) {
      if (setting.isAnnotation()) {
        declare(ANNOTATIONS, setting.label(), setting);
        setting.aliases().forEach(alias -> declare(ANNOTATIONS, alias, setting));
      }
      if (setting.configMapKey() != null) {
        declare(KEYS, setting.configMapKey(), setting);
      }
    }
  }

  private Declarations() {}

  private static List<Setting<?>> all() {
    Set<Setting<?>> all = new LinkedHashSet<>();
    Features.ALL.forEach(feature -> all.addAll(feature.settings()));
    all.addAll(HostRules.ALL);
    all.addAll(UpstreamTlsRules.ALL);
    all.addAll(FastCgiRules.ALL);
    all.addAll(UpstreamConnectionRules.ALL);
    all.addAll(UpstreamRules.ALL);
    all.addAll(LogSettings.ALL);
    all.addAll(ForwardedSettings.ALL);
    all.addAll(L4Settings.ALL);
    all.addAll(GlobalRules.ALL);
    all.addAll(TlsSettings.ALL);
    return List.copyOf(all);
  }

  private static void declare(Map<String, Setting<?>> names, String name, Setting<?> setting) {
    if (names.put(name, setting) != null) {
      throw new IllegalStateException("two settings declare " + name);
    }
  }

  /// The setting of an annotation, by its name without the usual prefix, or with `lintel.dev/`.
  public static Optional<Setting<?>> annotation(String label) {
    return Optional.ofNullable(ANNOTATIONS.get(label));
  }

  /// The setting of a ConfigMap key.
  public static Optional<Setting<?>> key(String key) {
    return Optional.ofNullable(KEYS.get(key));
  }

  /// What the author of an unknown annotation may have meant, in words for "expected"; empty where
  /// nothing is near.
  public static String nearestAnnotation(String label) {
    String madeUp = MADE_UP.get(label);
    if (madeUp != null) {
      return madeUp;
    }
    if (KEYS.containsKey(label) || UnbuiltKeys.ALL.containsKey(label)) {
      return "the ConfigMap key " + label;
    }
    List<String> names = new ArrayList<>(ANNOTATIONS.keySet());
    names.addAll(UnbuiltAnnotations.ALL.keySet());
    return nearest(label, names);
  }

  /// The same for an unknown ConfigMap key.
  public static String nearestKey(String key) {
    if (ANNOTATIONS.containsKey(key) || UnbuiltAnnotations.ALL.containsKey(key)) {
      return "the annotation " + key;
    }
    List<String> names = new ArrayList<>(KEYS.keySet());
    names.addAll(UnbuiltKeys.ALL.keySet());
    return nearest(key, names);
  }

  /// The name with the fewest edits, if those are few for its length; of equals the first by
  /// alphabet.
  static String nearest(String name, Collection<String> names) {
    int limit = Math.max(1, name.length() / 4);
    @Nullable String best = null;
    int fewest = limit + 1;
    for (String candidate : names) {
      if (Math.abs(candidate.length() - name.length()) > limit) {
        continue;
      }
      int edits = edits(name, candidate);
      if (edits < fewest || edits == fewest && best != null && candidate.compareTo(best) < 0) {
        best = candidate;
        fewest = edits;
      }
    }
    return best == null ? "" : best;
  }

  /// Insertions, deletions and replacements that lead from `a` to `b`.
  private static int edits(String a, String b) {
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
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
