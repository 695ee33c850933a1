package dev.lintel.ingress.compile;

import dev.lintel.ingress.compile.HostDraft.Counterpart;
import dev.lintel.ingress.compile.HostDraft.Wish;
import dev.lintel.ingress.feature.RedirectSettings;
import dev.lintel.ingress.feature.trailingslash.TrailingSlash;
import dev.lintel.ingress.feature.trailingslash.TrailingSlashSettings;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.plan.RoutePlan.Match;
import dev.lintel.ingress.plan.RoutePlan.NotFound;
import dev.lintel.ingress.plan.RoutePlan.Origin;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.proxy.route.PathRegex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes the routes of one host.
final class HostAssembly {
  private static final Pattern LOOKS_LIKE_REGEX = Pattern.compile("[(){}\\[\\]*+?^$|\\\\]");

  /// Longer texts first, of equal length the greater first: so the longest prefix is met first, and
  /// regular expressions are tried in ingress-nginx's order.
  private static final Comparator<RoutePlan> LONGEST_FIRST =
      Comparator.comparing((RoutePlan route) -> route.path().length(), Comparator.reverseOrder())
          .thenComparing(RoutePlan::path, Comparator.reverseOrder());

  private static final Comparator<RoutePlan> EXACT_FIRST =
      Comparator.<RoutePlan, Boolean>comparing(route -> route.match() != Match.EXACT)
          .thenComparing(LONGEST_FIRST);

  private final HostDraft draft;
  private final boolean isRegex;
  private final RouteAssembler routes;

  /// What makes two wishes compete; in a host of regular expressions the text alone.
  private record Place(Match match, String path) {}

  HostAssembly(HostDraft draft, RouteAssembler routes) {
    this.draft = draft;
    this.isRegex = draft.isRegex();
    this.routes = routes;
  }

  HostPiece piece() {
    Counterpart counterpart = draft.counterpart();
    if (counterpart != null) {
      RoutePlan leading = routes.leading(draft.host(), counterpart);
      return draft.piece(new HostPlan(draft.host(), false, List.of(leading)));
    }
    HostClients clients = draft.clients();
    Map<Place, Wish> granted = granted();
    List<RoutePlan> made = new ArrayList<>();
    for (Map.Entry<Place, Wish> entry : granted.entrySet()) {
      made.add(routes.to(draft, isRegex, entry.getKey().match(), entry.getValue()));
    }
    if (!isRegex) {
      made.addAll(withoutSlash(granted));
    }
    boolean hasRoot = granted.containsKey(new Place(isRegex ? Match.REGEX : Match.PREFIX, "/"));
    RoutePlan own = hasRoot ? null : routes.kept(draft, isRegex);
    made.sort(isRegex ? LONGEST_FIRST : EXACT_FIRST);
    if (own != null) {
      made.add(own);
    }
    return draft.piece(
        new HostPlan(
            draft.host(),
            isRegex,
            List.copyOf(made),
            clients.clients(),
            HostPassthrough.of(draft, made)));
  }

  /// The wishes that come true: of those that compete, the first.
  private Map<Place, Wish> granted() {
    Map<Place, Wish> granted = new LinkedHashMap<>();
    for (Wish wish : draft.wishes()) {
      if (!isUsable(wish)) {
        continue;
      }
      Place place = new Place(isRegex ? Match.REGEX : wish.match(), wish.path());
      Wish winner = granted.putIfAbsent(place, wish);
      if (winner != null) {
        draft
            .problems()
            .add(
                new Problem.Conflict(
                    wish.ingress().source(),
                    wish.field(),
                    shown(draft.host()) + " " + wish.path() + " is already taken",
                    "",
                    winner.ingress().view().key() + " " + winner.field() + " serves it",
                    Severity.WARNING));
      }
    }
    return granted;
  }

  private boolean isUsable(Wish wish) {
    String path = wish.path();
    if (isRegex) {
      if (PathRegex.compile(path) instanceof PathRegex.Refused(String reason)) {
        draft
            .problems()
            .add(
                new Problem.InvalidValue(
                    wish.ingress().source(),
                    wish.field(),
                    "\"" + path + "\" is no regular expression: " + reason,
                    "one in the syntax of RE2 or Java",
                    "the path is left out",
                    Severity.ERROR));
        return false;
      }
      return true;
    }
    if (LOOKS_LIKE_REGEX.matcher(path).find()) {
      warn(wish, "looks like a regular expression", "use-regex: \"true\" with it");
    } else if (HostDrafts.isNeverAskedFor(path)) {
      warn(
          wish,
          "is never asked for",
          "the path as it is after decoding, without dot segments and doubled slashes");
    }
    return true;
  }

  private void warn(Wish wish, String found, String expected) {
    draft
        .problems()
        .add(
            new Problem.InvalidValue(
                wish.ingress().source(),
                wish.field(),
                "\"" + wish.path() + "\" " + found,
                expected,
                "compared literally",
                Severity.WARNING));
  }

  /// Redirects to the paths that end in a slash, from the same without it where nobody wants those.
  private List<RoutePlan> withoutSlash(Map<Place, Wish> granted) {
    Map<String, RoutePlan> added = new LinkedHashMap<>();
    for (Wish wish : granted.values()) {
      String path = wish.path();
      if (path.length() < 2 || !path.endsWith("/")) {
        continue;
      }
      String bare = path.substring(0, path.length() - 1);
      if (!granted.containsKey(new Place(Match.EXACT, bare))
          && !granted.containsKey(new Place(Match.PREFIX, bare))) {
        added.putIfAbsent(bare, redirect(wish, bare));
      }
    }
    Collection<RoutePlan> redirects = added.values();
    return List.copyOf(redirects);
  }

  private RoutePlan redirect(Wish wish, String bare) {
    IngressReading ingress = wish.ingress();
    List<FeaturePlan> plans = routes.first(draft, ingress);
    boolean relative = ingress.reader().get(RedirectSettings.RELATIVE);
    boolean withPort = !relative && ingress.reader().get(RedirectSettings.USE_PORT);
    plans.add(
        new FeaturePlan(
            TrailingSlash.ID, new TrailingSlashSettings(wish.path(), withPort, relative)));
    return new RoutePlan(
        Match.EXACT,
        bare,
        new NotFound(),
        new Origin(ingress.name(), wish.field()),
        routes.labels(draft.host(), bare, ingress, null),
        List.copyOf(plans),
        draft.clients().closed(ingress));
  }

  /// A host as problems name it.
  static String shown(@Nullable String host) {
    return host == null || host.isEmpty() ? "every host" : host;
  }
}
