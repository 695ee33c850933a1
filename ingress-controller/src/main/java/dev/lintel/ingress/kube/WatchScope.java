package dev.lintel.ingress.kube;

import dev.lintel.ingress.snapshot.ObjectKind;
import java.util.LinkedHashSet;
import java.util.Set;

/// Which namespaces are watched for what.
///
/// @param namespace the only namespace whose Ingresses are served (`--watch-namespace`); empty: all
/// @param namespaceSelector label selector of the namespaces whose Ingresses are served
///   (`--watch-namespace-selector`); empty: all. A namespace that is relabelled is noticed.
/// @param ownNamespace where the controller's ConfigMap is, and with a single watched namespace the
///   Service it publishes and the default certificate too; empty: no ConfigMap is watched
/// @param serviceMaps the namespaces of the ConfigMaps of TCP and UDP services
public record WatchScope(
    String namespace, String namespaceSelector, String ownNamespace, Set<String> serviceMaps) {
  /// Without such services.
  public WatchScope(String namespace, String namespaceSelector, String ownNamespace) {
    this(namespace, namespaceSelector, ownNamespace, Set.of());
  }

  /// The namespaces in which objects of this kind are watched: none, the empty name for all, or
  /// their names.
  Set<String> namespacesFor(ObjectKind kind) {
    return switch (kind) {
      case INGRESS -> Set.of(namespace);
      case INGRESS_CLASS -> Set.of("");
      case SERVICE, ENDPOINT_SLICE, SECRET -> {
        Set<String> both = new LinkedHashSet<>();
        both.add(namespace);
        if (!namespace.isEmpty() && !ownNamespace.isEmpty()) {
          both.add(ownNamespace);
        }
        yield both;
      }
      case CONFIG_MAP -> {
        Set<String> all = new LinkedHashSet<>(serviceMaps);
        if (!ownNamespace.isEmpty()) {
          all.add(ownNamespace);
        }
        yield all;
      }
      case NAMESPACE -> namespaceSelector.isEmpty() ? Set.of() : Set.of("");
    };
  }

  /// Whether a controller that may not list these objects serves without them: one with rights in
  /// single namespaces cannot see the cluster's classes.
  boolean canDoWithout(ObjectKind kind) {
    return kind == ObjectKind.INGRESS_CLASS && !namespace.isEmpty();
  }
}
