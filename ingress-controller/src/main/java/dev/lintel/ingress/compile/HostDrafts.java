package dev.lintel.ingress.compile;

import dev.lintel.ingress.compile.HostDraft.Wish;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.plan.RoutePlan.Match;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.IngressView.PathType;
import dev.lintel.ingress.snapshot.IngressView.PathView;
import dev.lintel.ingress.snapshot.IngressView.RuleView;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Sorts the rules of all Ingresses by host.
final class HostDrafts {
  private static final Pattern NEVER_ASKED_FOR = Pattern.compile("//|/\\.\\.?(/|$)|%|\\?|#");

  private static final String LEADS = "/" + HostRules.FROM_TO_WWW.name();

  private final SortedMap<String, HostDraft> drafts = new TreeMap<>();
  private final HostAliases aliases = new HostAliases();

  HostDrafts() {
    drafts.put("", new HostDraft(""));
  }

  /// All hosts by name, the catch-all first.
  SortedMap<String, HostDraft> drafts() {
    return drafts;
  }

  /// Adds the further names of hosts, once all Ingresses were added.
  void addAliases() {
    aliases.drafts(drafts).forEach(draft -> drafts.put(draft.host(), draft));
  }

  /// Adds an Ingress; the older ones come first.
  void add(IngressReading ingress) {
    IngressView view = ingress.view();
    BackendView fallback = view.defaultBackend();
    if (fallback != null && namesAll(view)) {
      HostDraft everything = draft("");
      everything.name(ingress);
      everything.wish(new Wish(ingress, "defaultBackend", Match.PREFIX, "/", fallback, true));
    }
    List<RuleView> rules = view.rules();
    for (int i = 0; i < rules.size(); i++) {
      addRule(ingress, "rules[" + i + "]", rules.get(i));
    }
  }

  private void addRule(IngressReading ingress, String field, RuleView rule) {
    String host = HostNames.normalized(rule.host());
    if (!drafts.containsKey(host) && !HostNames.isValid(host)) {
      ingress
          .problems()
          .add(
              new Problem.InvalidValue(
                  ingress.source(),
                  field + ".host",
                  "\"" + rule.host() + "\" is no host name",
                  "a DNS name, or one that begins with *.",
                  "the rule is left out",
                  Severity.ERROR));
      return;
    }
    HostDraft draft = draft(host);
    draft.name(ingress);
    aliases.add(draft, ingress);
    String counterpart = HostNames.counterpartOf(host);
    if (!counterpart.isEmpty() && ingress.reader().get(HostRules.FROM_TO_WWW)) {
      draft(counterpart).leadTo(ingress, host);
    }
    List<PathView> paths = rule.paths();
    for (int i = 0; i < paths.size(); i++) {
      addPath(ingress, draft, field + ".paths[" + i + "]", paths.get(i));
    }
  }

  private void addPath(IngressReading ingress, HostDraft draft, String field, PathView view) {
    String path = view.path().isEmpty() ? "/" : view.path();
    BackendView backend = view.backend();
    if (!path.startsWith("/")) {
      leaveOut(ingress, field, "\"" + path + "\" is no path", "one that begins with /");
    } else if (backend.resource() != null) {
      leaveOut(ingress, field, backend.resource() + " is a resource", "a Service");
    } else {
      Match match = view.type() == PathType.EXACT ? Match.EXACT : Match.PREFIX;
      draft.wish(new Wish(ingress, field, match, path, backend, false));
    }
  }

  private void leaveOut(IngressReading ingress, String field, String found, String expected) {
    ingress
        .problems()
        .add(
            new Problem.InvalidValue(
                ingress.source(), field, found, expected, "the path is left out", Severity.ERROR));
  }

  /// Whether a literal path can equal none in match form, which is decoded and has no dot segments
  /// and no doubled slashes.
  static boolean isNeverAskedFor(String path) {
    return NEVER_ASKED_FOR.matcher(path).find();
  }

  /// Adds to `names` the hosts that an Ingress has part in, or may have.
  static void addNames(IngressView view, Set<String> names) {
    if (namesAll(view)) {
      names.add("");
    }
    boolean leads = mayLead(view);
    for (RuleView rule : view.rules()) {
      String host = HostNames.normalized(rule.host());
      names.add(host);
      String counterpart = leads ? HostNames.counterpartOf(host) : "";
      if (!counterpart.isEmpty()) {
        names.add(counterpart);
      }
    }
    HostAliases.addNames(view, names);
  }

  /// Whether an Ingress has part in one of these hosts, or may have.
  static boolean namesOneOf(IngressView view, Set<String> hosts) {
    if (namesAll(view) && hosts.contains("")) {
      return true;
    }
    boolean leads = mayLead(view);
    for (RuleView rule : view.rules()) {
      String host = HostNames.normalized(rule.host());
      if (hosts.contains(host) || leads && hosts.contains(HostNames.counterpartOf(host))) {
        return true;
      }
    }
    if (!HostAliases.wantsAny(view)) {
      return false;
    }
    Set<String> further = new HashSet<>();
    HostAliases.addNames(view, further);
    return !Collections.disjoint(further, hosts);
  }

  /// Whether counterparts may lead to its hosts: it carries the annotation, under whatever prefix.
  private static boolean mayLead(IngressView view) {
    for (String name : view.annotations().keySet()) {
      if (name.endsWith(LEADS)) {
        return true;
      }
    }
    return false;
  }

  private static boolean namesAll(IngressView view) {
    return view.defaultBackend() != null && view.rules().isEmpty();
  }

  private HostDraft draft(String host) {
    return drafts.computeIfAbsent(host, HostDraft::new);
  }
}
