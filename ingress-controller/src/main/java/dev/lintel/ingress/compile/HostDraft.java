package dev.lintel.ingress.compile;

import dev.lintel.ingress.compile.HostPiece.GuardWish;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.RoutePlan.Match;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.Lookup;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One host before its routes are made: the Ingresses that name it and the paths they want there,
/// both in the order in which they win.
final class HostDraft {
  /// A path that an Ingress wants.
  ///
  /// @param field its place in the manifest, e.g. `rules[0].paths[1]`
  /// @param isCatchAll whether it is a `defaultBackend` for whatever nothing else serves
  record Wish(
      IngressReading ingress,
      String field,
      Match match,
      String path,
      BackendView backend,
      boolean isCatchAll) {}

  /// A host that this one leads to, and the Ingress that says so.
  record Counterpart(IngressReading ingress, String host) {}

  private final String host;
  private final @Nullable HostDraft primary;
  private final Set<IngressReading> ingresses = new LinkedHashSet<>();
  private final List<Wish> wishes = new ArrayList<>();
  private final ProblemLog problems = new ProblemLog();
  private final Set<Lookup> lookups = new LinkedHashSet<>();
  private final Set<GuardWish> guardWishes = new LinkedHashSet<>();
  private @Nullable String appRoot;
  private @Nullable Counterpart counterpart;
  private @Nullable HostClients clients;
  private @Nullable HostUpstreamTls upstreamTls;
  private @Nullable HostFastCgi fastCgi;

  /// @param host normalized; empty for the catch-all
  HostDraft(String host) {
    this.host = host;
    this.primary = null;
  }

  /// A further name of `served`.
  HostDraft(String host, HostDraft served) {
    this.host = host;
    this.primary = served;
  }

  /// The host of which this is but a further name; null for one of its own.
  @Nullable HostDraft primary() {
    return primary;
  }

  String host() {
    return host;
  }

  void name(IngressReading ingress) {
    ingresses.add(ingress);
  }

  /// Notes that this host leads to `served`, unless an Ingress names it too; the oldest wish
  /// counts.
  void leadTo(IngressReading ingress, String served) {
    if (counterpart == null) {
      counterpart = new Counterpart(ingress, served);
    }
  }

  /// What this host leads to; null for a host that an Ingress names. Only once all Ingresses were
  /// added.
  @Nullable Counterpart counterpart() {
    return ingresses.isEmpty() ? counterpart : null;
  }

  void wish(Wish wish) {
    wishes.add(wish);
  }

  /// Those that have a say in its certificate.
  Set<IngressReading> certifying() {
    if (primary != null) {
      return primary.ingresses;
    }
    Counterpart served = counterpart();
    return served == null ? ingresses : Set.of(served.ingress());
  }

  Set<IngressReading> ingresses() {
    return ingresses;
  }

  List<Wish> wishes() {
    return wishes;
  }

  /// What is wrong with this host; what is wrong with an Ingress whatever its hosts is not here.
  ProblemLog problems() {
    return problems;
  }

  /// The objects it was seen to depend on, other than its Ingresses and the Services of its routes.
  Set<Lookup> lookups() {
    return lookups;
  }

  /// What its Ingresses ask of upstreams.
  Set<GuardWish> guardWishes() {
    return guardWishes;
  }

  /// This host with its routes made.
  HostPiece piece(HostPlan plan) {
    return new HostPiece(plan, problems.list(), List.copyOf(lookups), List.copyOf(guardWishes));
  }

  /// The Ingress that answers for paths which nobody wants: the oldest with a `defaultBackend`, or
  /// else the oldest. Null for a catch-all that no Ingress names.
  @Nullable IngressReading keeper() {
    IngressReading first = null;
    for (IngressReading ingress : ingresses) {
      if (ingress.view().defaultBackend() != null) {
        return ingress;
      }
      first = first == null ? ingress : first;
    }
    return first;
  }

  /// Where `/` is redirected to; empty where no Ingress says so.
  String appRoot() {
    if (appRoot == null) {
      appRoot = wantedAppRoot();
    }
    return appRoot;
  }

  /// Which clients it serves. Not while a route of it is read.
  HostClients clients() {
    if (clients == null) {
      clients = HostClients.of(this);
    }
    return clients;
  }

  /// How connections to the upstreams of its routes are secured. Not while a route of it is read.
  HostUpstreamTls upstreamTls() {
    if (upstreamTls == null) {
      upstreamTls = HostUpstreamTls.of(this);
    }
    return upstreamTls;
  }

  /// What the upstreams of its routes are told by FastCGI. Not while a route of it is read.
  HostFastCgi fastCgi() {
    if (fastCgi == null) {
      fastCgi = HostFastCgi.of(this);
    }
    return fastCgi;
  }

  private String wantedAppRoot() {
    for (IngressReading ingress : ingresses) {
      Optional<String> found = ingress.reader().find(HostRules.APP_ROOT);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return "";
  }

  /// Whether all paths are regular expressions: one Ingress's wish is enough.
  boolean isRegex() {
    boolean isRootWanted = false;
    for (Wish wish : wishes) {
      if (!wish.isCatchAll() && wish.ingress().wantsRegex(wish.path())) {
        return true;
      }
      isRootWanted |= wish.match() == Match.PREFIX && wish.path().equals("/");
    }
    IngressReading keeper = keeper();
    return !host.isEmpty() && !isRootWanted && keeper != null && keeper.wantsRegex("/");
  }
}
