package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.GlobalReader.Global;
import dev.lintel.ingress.feature.Grammar.Reading;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.Lookup;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.ServiceView;
import java.net.InetAddress;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The settings of one Ingress as its features may read them, for one route at a time.
///
/// Every fault becomes a `Problem`: one of the annotations themselves the first time it is read,
/// one that depends on the route or on other objects for each route. A fault of a guard also closes
/// each route that reads it. Features reach Secrets, ConfigMaps and Services only through this
/// reader, so every reference is checked and known. Used by one thread.
public final class AnnotationReader {
  /// What the Ingress says about one setting.
  ///
  /// @param isSet whether the annotation is there and can be read
  private record Own(boolean isSet, @Nullable Object value, @Nullable String closes) {}

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";

  /// The name of a Service in the DNS of its cluster, whatever domain that has.
  private static final Pattern SERVICE_NAME =
      Pattern.compile("(" + LABEL + ")\\.(" + LABEL + ")\\.svc(?:\\.[-.a-z0-9]+)?");

  private static final Own NOT_WRITTEN = new Own(false, null, null);

  private final IngressView ingress;
  private final KubernetesSnapshot snapshot;
  private final GlobalReader globals;
  private final boolean crossNamespace;
  private final Map<Setting<?>, Own> known = new IdentityHashMap<>(4);
  private Set<Problem> problems = Set.of();
  private Set<Lookup> lookups = Set.of();
  private RouteContext route = RouteContext.ofHost("");
  private @Nullable String closed;

  /// @param crossNamespace whether references may name objects of other namespaces
  public AnnotationReader(
      IngressView ingress,
      KubernetesSnapshot snapshot,
      GlobalReader globals,
      boolean crossNamespace) {
    this.ingress = ingress;
    this.snapshot = snapshot;
    this.globals = globals;
    this.crossNamespace = crossNamespace;
  }

  /// Turns to the next route; nothing has closed it yet.
  public void enter(RouteContext next) {
    route = next;
    closed = null;
  }

  /// The route being read for.
  public RouteContext route() {
    return route;
  }

  /// The Ingress being read.
  public ObjectKey ingress() {
    return ingress.key();
  }

  /// The annotation, or else the ConfigMap key, or else the default.
  ///
  /// @throws IllegalStateException if the setting has no default: a fault of the caller
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException(setting + " has no default; use find"));
  }

  /// The annotation, or else the ConfigMap key, or else the default, or else nothing.
  public <T> Optional<T> find(Setting<T> setting) {
    Own own = own(setting);
    close(own.closes());
    Object value = own.value();
    if (value == null) {
      Global global = globals.global(setting);
      close(global.closes());
      value = global.value();
    }
    // Both were read by the grammar of this setting.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    return Optional.ofNullable(typed);
  }

  /// Whether the Ingress itself carries the annotation with a value that can be read.
  public boolean isSet(Setting<?> setting) {
    Own own = own(setting);
    close(own.closes());
    return own.isSet();
  }

  /// The Secret that `setting` names; empty where none is named, and where it is missing or in a
  /// namespace that may not be used: then there is a problem, and a guard's route is closed.
  public Optional<SecretView> secret(Setting<Reference> setting) {
    return object(setting, ObjectKind.SECRET, snapshot.secrets());
  }

  /// The ConfigMap that `setting` names, as with [#secret].
  public Optional<ConfigMapView> configMap(Setting<Reference> setting) {
    return object(setting, ObjectKind.CONFIG_MAP, snapshot.configMaps());
  }

  /// The ConfigMap that a key of the controller's ConfigMap names, in whatever namespace; empty
  /// where none is named, and where it does not exist: then there is a problem.
  public Optional<ConfigMapView> globalConfigMap(Setting<Reference> setting) {
    Optional<ObjectKey> key = find(setting).map(globals::key);
    key.ifPresent(named -> note(new Lookup(ObjectKind.CONFIG_MAP, named)));
    Optional<ConfigMapView> found = key.map(snapshot.configMaps()::get);
    if (key.isPresent() && found.isEmpty()) {
      note(
          new Problem.UnresolvedReference(
              globals.source(),
              setting.label(),
              "ConfigMap " + key.get() + " does not exist",
              "one in the namespace of the controller",
              "ignored",
              Severity.WARNING));
    }
    return found;
  }

  /// Reports something wrong about a key of the controller's ConfigMap that closes nothing.
  public void globalProblem(Setting<?> setting, String found, String expected, String effect) {
    note(
        new Problem.InvalidValue(
            globals.source(), setting.label(), found, expected, effect, Severity.WARNING));
  }

  /// The Service that `setting` names, as with [#secret].
  public Optional<ServiceView> service(Setting<Reference> setting) {
    return object(setting, ObjectKind.SERVICE, snapshot.services());
  }

  /// How the endpoints of `host` are found, where `setting` has requests sent: those of a Service
  /// where the host is its name in DNS (`name.namespace.svc`, with or without a cluster's domain),
  /// else by the name. Empty where that leads nowhere or into this machine: then there is a
  /// problem, and a guard's route is closed.
  ///
  /// @param host in lower case, without brackets
  public Optional<SideTarget.Place> place(Setting<?> setting, String host, int port) {
    InetAddress address = ThisMachine.literal(host);
    if (ThisMachine.isNamed(host) || address != null && ThisMachine.has(address)) {
      refuse(setting, "\"" + host + "\" is this machine or its link", "a host beyond it");
      return Optional.empty();
    }
    Matcher name = SERVICE_NAME.matcher(host);
    if (address != null || !name.matches()) {
      return Optional.of(new SideTarget.ByName());
    }
    ObjectKey key = new ObjectKey(name.group(2), name.group(1));
    note(new Lookup(ObjectKind.SERVICE, key));
    ServiceView service = snapshot.services().get(key);
    if (service == null) {
      problem(setting, "Service " + key + " is not known", "", "its name is asked of the resolver");
      return Optional.of(new SideTarget.ByName());
    }
    if (service.type() == ServiceView.Type.EXTERNAL_NAME) {
      return Optional.of(new SideTarget.ByName());
    }
    for (ServiceView.PortView each : service.ports()) {
      boolean isTcp = each.protocol().isEmpty() || each.protocol().equals("TCP");
      if (isTcp && each.port() == port) {
        return Optional.of(new SideTarget.OfService(key, each.name() == null ? "" : each.name()));
      }
    }
    if (service.isHeadless()) {
      return Optional.of(new SideTarget.ByName()); // any port of its pods may be meant
    }
    refuse(setting, "Service " + key + " has no port " + port, "one of its ports");
    return Optional.empty();
  }

  private void refuse(Setting<?> setting, String found, String expected) {
    if (setting.isGuard()) {
      deny(setting, found, expected);
    } else {
      problem(setting, found, expected, "ignored");
    }
  }

  private <O> Optional<O> object(
      Setting<Reference> setting, ObjectKind kind, Map<ObjectKey, O> objects) {
    Optional<ObjectKey> key = find(setting).map(this::key);
    key.ifPresent(named -> note(new Lookup(kind, named)));
    return key.filter(named -> mayUse(setting, named))
        .flatMap(named -> found(setting, kind.kind(), named, objects.get(named)));
  }

  /// Closes the route being read: the setting guards something and cannot be honoured.
  ///
  /// @param found what was found, e.g. `Secret default/users has no key "auth"`
  /// @param expected what would have been right; may be empty
  public void deny(Setting<?> setting, String found, String expected) {
    if (setting.isAnnotation()) {
      note(
          new Problem.Denied(
              source(), setting.label(), found, expected, CLOSED_EFFECT, Severity.ERROR));
      close(setting.label() + ": " + found);
    } else {
      note(
          new Problem.Denied(
              globals.source(),
              setting.label(),
              found,
              expected,
              GlobalReader.CLOSED_EFFECT,
              Severity.ERROR));
      close(GlobalReader.reason(setting.label(), found));
    }
  }

  /// Reports something wrong that closes nothing.
  ///
  /// @param effect what happens instead, e.g. `line 3 is left out`
  public void problem(Setting<?> setting, String found, String expected, String effect) {
    Source source = setting.isAnnotation() ? source() : globals.source();
    note(
        new Problem.InvalidValue(
            source, setting.label(), found, expected, effect, Severity.WARNING));
  }

  /// Why the route being read is closed, or null.
  public @Nullable String closed() {
    return closed;
  }

  /// Hands over what was wrong and what was looked up since the last time, and forgets it.
  public void drain(Consumer<? super Problem> problem, Consumer<? super Lookup> lookup) {
    problems.forEach(problem);
    lookups.forEach(lookup);
    problems = Set.of();
    lookups = Set.of();
  }

  /// What a user is told of a closed route.
  static final String CLOSED_EFFECT = "its routes answer 503";

  private Source source() {
    return new Source("Ingress", ingress.key().toString());
  }

  private void close(@Nullable String reason) {
    if (closed == null) {
      closed = reason;
    }
  }

  private void note(Problem problem) {
    if (problems.isEmpty()) {
      problems = new LinkedHashSet<>();
    }
    problems.add(problem);
  }

  private void note(Lookup lookup) {
    if (lookups.isEmpty()) {
      lookups = new LinkedHashSet<>();
    }
    lookups.add(lookup);
  }

  private ObjectKey key(Reference reference) {
    String namespace = reference.namespace();
    return new ObjectKey(
        namespace.isEmpty() ? ingress.key().namespace() : namespace, reference.name());
  }

  private boolean mayUse(Setting<?> setting, ObjectKey key) {
    if (crossNamespace || key.namespace().equals(ingress.key().namespace())) {
      return true;
    }
    unresolved(
        setting,
        key + " is in another namespace",
        "one in " + ingress.key().namespace() + ", or allow-cross-namespace-resources: \"true\"");
    return false;
  }

  private <O> Optional<O> found(
      Setting<?> setting, String kind, ObjectKey key, @Nullable O object) {
    if (object == null) {
      // In a cluster Lintel reads the ConfigMaps of one namespace only.
      String expected =
          kind.equals(ObjectKind.CONFIG_MAP.kind())
              ? "one in the namespace of the controller, where Lintel serves a cluster"
              : "";
      unresolved(setting, kind + " " + key + " does not exist", expected);
    }
    return Optional.ofNullable(object);
  }

  private void unresolved(Setting<?> setting, String found, String expected) {
    note(
        new Problem.UnresolvedReference(
            source(),
            setting.label(),
            found,
            expected,
            setting.isGuard() ? CLOSED_EFFECT : Values.fallback(setting),
            setting.isGuard() ? Severity.ERROR : Severity.WARNING));
    if (setting.isGuard()) {
      close(setting.label() + ": " + found);
    }
  }

  private Own own(Setting<?> setting) {
    Own own = known.get(setting);
    if (own == null) {
      String text = written(setting);
      if (text == null) {
        return NOT_WRITTEN; // most are not: that is told as fast as it is remembered
      }
      own = read(setting, text);
      known.put(setting, own);
    }
    return own;
  }

  private <T> Own read(Setting<T> setting, String text) {
    return switch (Values.read(setting, text)) {
      case Reading.Value<T>(T value) -> new Own(true, value, null);
      case Reading.Fault<T>(String found, String expected) -> {
        if (setting.isGuard()) {
          note(
              new Problem.Denied(
                  source(), setting.label(), found, expected, CLOSED_EFFECT, Severity.ERROR));
          yield new Own(false, null, setting.label() + ": " + found);
        }
        note(
            new Problem.InvalidValue(
                source(),
                setting.label(),
                found,
                expected,
                Objects.equals(globals.global(setting).value(), setting.defaultValue())
                    ? Values.fallback(setting)
                    : "using the ConfigMap's value",
                Severity.WARNING));
        yield new Own(false, null, null);
      }
    };
  }

  /// The trimmed text of the annotation under its first name that is not empty; empty where all
  /// are; null where none is written.
  private @Nullable String written(Setting<?> setting) {
    if (!setting.isAnnotation() || ingress.annotations().isEmpty()) {
      return null;
    }
    String best = null;
    for (String name : globals.annotations(setting)) {
      String text = ingress.annotations().get(name);
      best = text == null ? best : Values.trimmed(text);
      if (best != null && !best.isEmpty()) {
        return best;
      }
    }
    return best;
  }
}
