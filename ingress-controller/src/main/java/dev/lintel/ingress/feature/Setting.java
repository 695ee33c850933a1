package dev.lintel.ingress.feature;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One thing a user may write: an annotation, a ConfigMap key, or both (then the annotation wins),
/// with its grammar, default and text. Immutable; made once, as a constant:
///
/// ```java
/// static final Setting<Integer> RPS =
///     Setting.wholeNumber("limit-rps", 0, 100_000).defaultsTo(0).guard()
///         .text("Requests a second accepted from one client address; 0 is off.");
/// ```
///
/// Two settings are equal only if they are the same object.
///
/// @param <T> what a value denotes
public final class Setting<T> {
  /// The family an annotation belongs to.
  public enum Prefix {
    /// `nginx.ingress.kubernetes.io/`, or what `--annotations-prefix` says.
    NGINX("nginx.ingress.kubernetes.io/"),
    /// `lintel.dev/`, for what ingress-nginx never had.
    LINTEL("lintel.dev/");

    private final String text;

    Prefix(String text) {
      this.text = text;
    }

    /// The prefix with its slash, where no flag says otherwise.
    public String text() {
      return text;
    }
  }

  /// What becomes of a route whose value cannot be read. Either way it is a `Problem`.
  public enum OnInvalid {
    /// The setting guards something: the route answers 503 rather than stand open.
    DENY_ROUTE,
    /// The value counts as not written.
    USE_DEFAULT
  }

  /// How much harm the author of an Ingress can do with it; compared with `annotations-risk-level`.
  public enum Risk {
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL;

    @Override
    public String toString() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  private final String name;
  private final Grammar<T> grammar;
  // Written only on a copy that nobody has seen yet.
  private Prefix prefix = Prefix.NGINX;
  private boolean isAnnotation = true;
  private List<String> aliases = List.of();
  private @Nullable String configMapKey;
  private @Nullable T defaultValue;
  private OnInvalid onInvalid = OnInvalid.USE_DEFAULT;
  private Risk risk = Risk.LOW;
  private String text = "";

  private Setting(String name, Grammar<T> grammar) {
    this.name = name;
    this.grammar = grammar;
  }

  private Setting<T> copy() {
    Setting<T> copy = new Setting<>(name, grammar);
    copy.prefix = prefix;
    copy.isAnnotation = isAnnotation;
    copy.aliases = aliases;
    copy.configMapKey = configMapKey;
    copy.defaultValue = defaultValue;
    copy.onInvalid = onInvalid;
    copy.risk = risk;
    copy.text = text;
    return copy;
  }

  /// A setting with a grammar of its own.
  public static <T> Setting<T> of(String name, Grammar<T> grammar) {
    return new Setting<>(name, grammar);
  }

  /// `true` or `false`, in the spellings of Go's ParseBool.
  public static Setting<Boolean> bool(String name) {
    return of(name, Grammars.bool());
  }

  /// A whole number between two bounds, both allowed; `Integer.MAX_VALUE` is no upper bound.
  public static Setting<Integer> wholeNumber(String name, int atLeast, int atMost) {
    return of(name, Grammars.wholeNumber(atLeast, atMost));
  }

  /// Seconds, written as a whole number without a unit.
  public static Setting<Integer> seconds(String name, int atLeast, int atMost) {
    return of(name, Grammars.seconds(atLeast, atMost));
  }

  /// Bytes, with `k`, `m` or `g` if wanted.
  public static Setting<Long> size(String name) {
    return of(name, Grammars.size());
  }

  /// Text that matches `allowed` as a whole and is not longer than `longest` characters.
  ///
  /// @param describe what may be written, in words
  public static Setting<String> text(String name, Pattern allowed, int longest, String describe) {
    return of(name, Grammars.text(allowed, longest, describe));
  }

  /// One of the constants, by their `toString`, in any case.
  public static <E extends Enum<E>> Setting<E> oneOf(String name, Class<E> constants) {
    return of(name, Grammars.oneOf(constants.getEnumConstants()));
  }

  /// Addresses and networks with commas between.
  public static Setting<List<Cidr>> cidrList(String name) {
    return of(name, Grammars.cidrList());
  }

  /// Texts and regular expressions with commas between.
  public static Setting<List<TextPattern>> textPatterns(String name) {
    return of(name, new PatternGrammar());
  }

  /// Paths with commas between, each beginning with a slash.
  public static Setting<List<String>> paths(String name) {
    return of(name, Grammars.paths());
  }

  /// Names of header fields with commas between.
  public static Setting<List<String>> headerNames(String name) {
    return of(name, Grammars.headerNames());
  }

  /// The name of an object of `kind` (`Secret`, `ConfigMap`, `Service`).
  public static Setting<Reference> reference(String name, String kind) {
    return of(name, Grammars.reference(kind));
  }

  /// The same with the prefix `lintel.dev/`.
  public Setting<T> lintel() {
    Setting<T> copy = copy();
    copy.prefix = Prefix.LINTEL;
    return copy;
  }

  /// The same, which may also be written under older names; the first that is not empty counts.
  public Setting<T> aliases(String... older) {
    Setting<T> copy = copy();
    copy.aliases = List.of(older);
    return copy;
  }

  /// The same, which may also stand in the ConfigMap under `key`.
  public Setting<T> configMapKey(String key) {
    Setting<T> copy = copy();
    copy.configMapKey = key;
    return copy;
  }

  /// The same, which may also stand in the ConfigMap under its own name.
  public Setting<T> alsoInConfigMap() {
    return configMapKey(name);
  }

  /// The same as a key of the ConfigMap only.
  public Setting<T> onlyInConfigMap() {
    Setting<T> copy = copy();
    copy.isAnnotation = false;
    copy.configMapKey = name;
    return copy;
  }

  /// The same with the value that counts where none is written.
  public Setting<T> defaultsTo(T value) {
    Setting<T> copy = copy();
    copy.defaultValue = value;
    return copy;
  }

  /// The same as a guard: a value that cannot be read closes the route.
  public Setting<T> guard() {
    return onInvalid(OnInvalid.DENY_ROUTE);
  }

  /// The same with what becomes of a value that cannot be read (`USE_DEFAULT` unless said).
  public Setting<T> onInvalid(OnInvalid effect) {
    Setting<T> copy = copy();
    copy.onInvalid = effect;
    return copy;
  }

  /// The same with its risk (LOW unless said).
  public Setting<T> risk(Risk level) {
    Setting<T> copy = copy();
    copy.risk = level;
    return copy;
  }

  /// The same with its text for the docs: one or two sentences.
  public Setting<T> text(String sentences) {
    Setting<T> copy = copy();
    copy.text = sentences;
    return copy;
  }

  /// The name without its prefix, e.g. `limit-rps`.
  public String name() {
    return name;
  }

  /// The name as problems show it: with the prefix only where that is not the usual one.
  public String label() {
    return prefix == Prefix.NGINX ? name : prefix.text() + name;
  }

  /// How values are read.
  public Grammar<T> grammar() {
    return grammar;
  }

  /// The family of the annotation.
  public Prefix prefix() {
    return prefix;
  }

  /// Whether an Ingress may carry it.
  public boolean isAnnotation() {
    return isAnnotation;
  }

  /// Older names of the annotation, without prefix.
  public List<String> aliases() {
    return aliases;
  }

  /// Its key in the ConfigMap, or null.
  public @Nullable String configMapKey() {
    return configMapKey;
  }

  /// What counts where nothing is written; null where that means "off".
  public @Nullable T defaultValue() {
    return defaultValue;
  }

  /// What becomes of a value that cannot be read.
  public OnInvalid onInvalid() {
    return onInvalid;
  }

  /// Whether a value that cannot be read closes the route.
  public boolean isGuard() {
    return onInvalid == OnInvalid.DENY_ROUTE;
  }

  /// How much harm can be done with it.
  public Risk risk() {
    return risk;
  }

  /// What it does, for the docs.
  public String text() {
    return text;
  }

  /// The default as the docs and problems show it; empty where there is none.
  public String shownDefault() {
    return defaultValue == null ? "" : grammar.show(defaultValue);
  }

  @Override
  public String toString() {
    return label();
  }
}
