package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.snapshot.IngressView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Further names of hosts. The oldest Ingress of a host that has any names them; a name that is a
/// host of its own, or a further name of an older one already, stays what it is.
final class HostAliases {
  private static final String ANNOTATION = "/" + HostRules.SERVER_ALIAS.name();

  /// @param wanted what the Ingress says, for that host
  private record Wish(HostDraft host, IngressReading ingress, String wanted) {}

  private final Map<String, Wish> wishes = new LinkedHashMap<>();

  /// Notes what an Ingress says of one of its hosts; the older ones come first.
  void add(HostDraft host, IngressReading ingress) {
    String wanted = ingress.reader().find(HostRules.SERVER_ALIAS).orElse("");
    if (wanted.isEmpty() || host.host().isEmpty()) {
      return;
    }
    Wish wish = new Wish(host, ingress, wanted);
    Wish older = wishes.putIfAbsent(host.host(), wish);
    if (older != null && !older.wanted().equals(wanted)) {
      conflict(
          wish,
          HostAssembly.shown(host.host()) + " has other names already",
          "those of " + older.ingress().name() + " hold");
    }
  }

  /// The drafts of the names that come true, of which no Ingress names any as a host. Only once all
  /// Ingresses were added.
  List<HostDraft> drafts(Map<String, HostDraft> hosts) {
    Map<String, HostDraft> drafts = new LinkedHashMap<>();
    for (Wish wish : wishes.values()) {
      for (String alias : names(wish.wanted())) {
        HostDraft real = hosts.get(alias);
        if (alias.equals(wish.host().host()) || alias.isEmpty()) {
          continue;
        }
        if (!HostNames.isValid(alias)) {
          invalid(wish, alias);
        } else if (real != null && !real.ingresses().isEmpty()) {
          conflict(wish, alias + " is a host of its own", "that name is left out");
        } else if (drafts.containsKey(alias)) {
          conflict(wish, alias + " is a name of another host already", "that name is left out");
        } else {
          drafts.put(alias, new HostDraft(alias, wish.host()));
        }
      }
    }
    return new ArrayList<>(drafts.values());
  }

  private static void invalid(Wish wish, String alias) {
    boolean isRegex = alias.startsWith("~");
    wish.host()
        .problems()
        .add(
            new Problem.InvalidValue(
                wish.ingress().source(),
                HostRules.SERVER_ALIAS.label(),
                "\"" + alias + (isRegex ? "\" is a regular expression" : "\" is no host name"),
                "a DNS name, or one that begins with *.",
                "that name is left out",
                Severity.WARNING));
  }

  private static void conflict(Wish wish, String found, String effect) {
    wish.host()
        .problems()
        .add(
            new Problem.Conflict(
                wish.ingress().source(),
                HostRules.SERVER_ALIAS.label(),
                found,
                "",
                effect,
                Severity.WARNING));
  }

  /// The names in a list, normalized.
  private static Set<String> names(String list) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : list.split(",")) {
      names.add(HostNames.normalized(name.strip()));
    }
    return names;
  }

  /// Adds the further names that an Ingress wants, or may want: under whatever prefix.
  static void addNames(IngressView view, Set<String> to) {
    view.annotations()
        .forEach(
            (name, value) -> {
              if (name.endsWith(ANNOTATION)) {
                to.addAll(names(value));
              }
            });
  }

  /// Whether an Ingress wants any.
  static boolean wantsAny(IngressView view) {
    for (String name : view.annotations().keySet()) {
      if (name.endsWith(ANNOTATION)) {
        return true;
      }
    }
    return false;
  }
}
