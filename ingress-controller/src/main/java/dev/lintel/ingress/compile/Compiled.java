package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// A compilation with its pieces: what the next one takes over where its objects are the same.
///
/// @param chosen the Ingresses that are ours, in the order in which they win
/// @param ingresses what is wrong with each Ingress whatever its hosts; those without a problem are
///   not in it
/// @param hosts by name
/// @param isWhole whether no Ingress had to be left out
record Compiled(
    CompileOptions options,
    KubernetesSnapshot snapshot,
    Globals globals,
    List<IngressView> chosen,
    SortedMap<ObjectKey, List<Problem>> ingresses,
    SortedMap<String, HostPiece> hosts,
    boolean isWhole,
    Compilation compilation) {

  /// What every host depends on.
  ///
  /// @param configMap the controller's, or null
  record Globals(
      @Nullable ConfigMapView configMap,
      CertificatePlan defaultCertificate,
      Optional<UpstreamKey> defaultBackend) {}

  /// Whether only Ingresses, Services, Secrets and ConfigMaps that hosts name can make a difference
  /// to this compilation.
  boolean isBaseFor(CompileOptions newer, KubernetesSnapshot now, Globals nowGlobal) {
    boolean mindsNamespaces = !newer.namespaceSelector().requirements().isEmpty();
    return isWhole
        && newer.equals(options)
        && nowGlobal.equals(globals)
        && now.classes().equals(snapshot.classes())
        && (!mindsNamespaces || now.namespaces().equals(snapshot.namespaces()));
  }
}
