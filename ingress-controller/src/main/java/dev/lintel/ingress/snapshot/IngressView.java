package dev.lintel.ingress.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An Ingress (networking.k8s.io/v1). Annotations hold every annotation of the object, with their
/// full names, but for the copy of itself that `kubectl apply` leaves.
///
/// @param created the creation timestamp (the epoch where a manifest has none)
/// @param className `spec.ingressClassName`, or null
public record IngressView(
    ObjectKey key,
    String uid,
    Instant created,
    Map<String, String> annotations,
    @Nullable String className,
    @Nullable BackendView defaultBackend,
    List<RuleView> rules,
    List<TlsView> tls)
    implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.INGRESS;
  }

  /// One element of `spec.rules`; an empty host means every host. No paths means the rule had no
  /// `http`.
  public record RuleView(String host, List<PathView> paths) {}

  /// One element of `rules[].http.paths`.
  public record PathView(String path, PathType type, BackendView backend) {}

  /// `pathType`; UNSET where the manifest has none.
  public enum PathType {
    EXACT,
    PREFIX,
    IMPLEMENTATION_SPECIFIC,
    UNSET
  }

  /// A Service and its port, by number (`portNumber > 0`) or by name; `resource` is "Kind/name"
  /// where the manifest names a resource instead of a Service (then `service` is empty).
  public record BackendView(
      String service, int portNumber, @Nullable String portName, @Nullable String resource) {}

  /// One element of `spec.tls`; an empty secret name means the default certificate.
  public record TlsView(List<String> hosts, String secretName) {}
}
