package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How much has to be compiled anew: certain hosts because of certain changes, or everything.
///
/// A host depends on the Ingresses that name it, on what those and its certificates look up, on the
/// Services of its routes, and on whether the wildcard that covers it has a certificate.
///
/// @param base what everything else is taken over from; null: everything is compiled anew
/// @param changes since `base`
/// @param hosts those to be compiled anew; none named where all are
record Scope(@Nullable Compiled base, Changes changes, Set<String> hosts) {

  static Scope everything() {
    return new Scope(null, new Changes(Set.of(), Set.of(), Set.of(), Set.of()), Set.of());
  }

  /// What differs between `base` and `now`, and the hosts that depend on it.
  static Scope since(Compiled base, KubernetesSnapshot now) {
    Changes changes = Changes.between(base.snapshot(), now);
    Set<String> hosts = new HashSet<>();
    for (ObjectKey key : changes.ingresses()) {
      IngressView before = base.snapshot().ingresses().get(key);
      IngressView after = now.ingresses().get(key);
      if (before != null) {
        HostDrafts.addNames(before, hosts);
      }
      if (after != null) {
        HostDrafts.addNames(after, hosts);
      }
    }
    if (changes.concernLookups()) {
      base.hosts()
          .forEach(
              (host, piece) -> {
                if (dependsOn(piece, changes)) {
                  hosts.add(host);
                }
              });
    }
    addFurtherNames(now, hosts);
    return new Scope(base, changes, hosts);
  }

  /// A host and its further names are compiled together: what they become depends on which names
  /// are hosts of their own.
  private static void addFurtherNames(KubernetesSnapshot now, Set<String> hosts) {
    if (hosts.isEmpty()) {
      return;
    }
    List<Set<String>> groups = new ArrayList<>();
    for (IngressView view : now.ingresses().values()) {
      if (HostAliases.wantsAny(view)) {
        Set<String> group = new HashSet<>();
        HostDrafts.addNames(view, group);
        groups.add(group);
      }
    }
    boolean grows = true;
    while (grows) {
      grows = false;
      for (Set<String> group : groups) {
        grows |= !Collections.disjoint(group, hosts) && hosts.addAll(group);
      }
    }
  }

  private static boolean dependsOn(HostPiece piece, Changes changes) {
    return piece.lookups().stream().anyMatch(changes::concern)
        || !changes.services().isEmpty() && usesOneOf(piece.plan(), changes.services());
  }

  private static boolean usesOneOf(HostPlan host, Set<ObjectKey> services) {
    for (RoutePlan route : host.routes()) {
      if (route.target() instanceof RoutePlan.ToUpstream(var key)
          && services.contains(new ObjectKey(key.namespace(), key.service()))) {
        return true;
      }
      UpstreamKey spare = route.defaultBackend();
      if (spare != null && services.contains(new ObjectKey(spare.namespace(), spare.service()))) {
        return true;
      }
    }
    return false;
  }

  /// This and the hosts whose wildcard got or lost its certificate.
  Scope with(Set<String> more, KubernetesSnapshot now) {
    Set<String> all = new HashSet<>(hosts);
    all.addAll(more);
    addFurtherNames(now, all);
    return new Scope(base, changes, all);
  }

  /// Whether a host is to be compiled anew.
  boolean concerns(String host) {
    return base == null || hosts.contains(host);
  }

  /// Whether an Ingress has to be read again.
  boolean concerns(IngressView ingress) {
    return base == null
        || changes.ingresses().contains(ingress.key())
        || !hosts.isEmpty() && HostDrafts.namesOneOf(ingress, hosts);
  }
}
