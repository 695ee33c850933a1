package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Grammar.Reading;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The values of the ConfigMap, each read once in a compilation. Used by one thread.
public final class GlobalReader {
  /// What the ConfigMap says about one setting.
  ///
  /// @param value what counts, or null where nothing does
  /// @param closes why every route that takes its value from here is closed, or null
  record Global(@Nullable Object value, @Nullable String closes) {}

  private final @Nullable ConfigMapView configMap;
  private final String annotationsPrefix;
  private final Map<Setting<?>, Global> known = new IdentityHashMap<>();
  private final Map<Setting<?>, String[]> names = new IdentityHashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  /// @param configMap the controller's ConfigMap, or null where there is none
  /// @param annotationsPrefix what `--annotations-prefix` says, with its slash
  public GlobalReader(@Nullable ConfigMapView configMap, String annotationsPrefix) {
    this.configMap = configMap;
    this.annotationsPrefix = annotationsPrefix;
  }

  /// The value of the ConfigMap, or else the default.
  ///
  /// @throws IllegalStateException if the setting has no default: a fault of the caller
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException(setting + " has no default; use find"));
  }

  /// The value of the ConfigMap, or else the default, or else nothing.
  public <T> Optional<T> find(Setting<T> setting) {
    // A setting's global value was read by its own grammar.
    @SuppressWarnings("unchecked")
    T value = (T) global(setting).value();
    return Optional.ofNullable(value);
  }

  /// Whether the ConfigMap has the key of a setting, whatever its value.
  public boolean isWritten(Setting<?> setting) {
    String key = setting.configMapKey();
    return key != null && configMap != null && configMap.data().containsKey(key);
  }

  /// Why every route is closed that takes the value of a guard from the ConfigMap; empty where that
  /// can be read.
  public Optional<String> closes(Setting<?> guard) {
    return Optional.ofNullable(global(guard).closes());
  }

  /// Reports something wrong about a key that closes nothing.
  ///
  /// @param effect what happens instead
  public void problem(Setting<?> setting, String found, String expected, String effect) {
    problems.add(
        new Problem.InvalidValue(
            source(), setting.label(), found, expected, effect, Severity.WARNING));
  }

  /// Where the values stand.
  Source source() {
    return new Source("ConfigMap", configMap == null ? "" : configMap.key().toString());
  }

  /// The object that a value names; without a namespace, in that of the ConfigMap.
  ObjectKey key(Reference reference) {
    String namespace = reference.namespace();
    return new ObjectKey(
        namespace.isEmpty() && configMap != null ? configMap.key().namespace() : namespace,
        reference.name());
  }

  /// What was wrong with the values read so far.
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /// The full names of a setting's annotation: its own first, then the older ones.
  String[] annotations(Setting<?> setting) {
    return names.computeIfAbsent(setting, this::namesOf);
  }

  private String[] namesOf(Setting<?> setting) {
    String prefix =
        setting.prefix() == Setting.Prefix.NGINX ? annotationsPrefix : setting.prefix().text();
    List<String> all = new ArrayList<>();
    all.add(prefix + setting.name());
    setting.aliases().forEach(alias -> all.add(prefix + alias));
    return all.toArray(String[]::new);
  }

  Global global(Setting<?> setting) {
    Global global = known.get(setting);
    if (global == null) {
      global = read(setting);
      known.put(setting, global);
    }
    return global;
  }

  private <T> Global read(Setting<T> setting) {
    String key = setting.configMapKey();
    String text = key == null || configMap == null ? null : configMap.data().get(key);
    if (configMap == null || key == null || text == null) {
      return new Global(setting.defaultValue(), null);
    }
    String trimmed = Values.trimmed(text);
    if (trimmed.isEmpty() && List.of().equals(setting.defaultValue())) {
      return new Global(setting.defaultValue(), null); // ingress-nginx writes an empty list so
    }
    Reading<T> reading = Values.read(setting, trimmed);
    return switch (reading) {
      case Reading.Value<T>(T value) -> new Global(value, null);
      case Reading.Fault<T>(String found, String expected) -> {
        Source source = new Source("ConfigMap", configMap.key().toString());
        if (setting.isGuard()) {
          problems.add(
              new Problem.Denied(
                  source,
                  key,
                  found,
                  expected,
                  "the routes it applies to answer 503",
                  Severity.ERROR));
          yield new Global(setting.defaultValue(), "ConfigMap key " + key + ": " + found);
        }
        problems.add(
            new Problem.InvalidValue(
                source, key, found, expected, Values.fallback(setting), Severity.WARNING));
        yield new Global(setting.defaultValue(), null);
      }
    };
  }
}
