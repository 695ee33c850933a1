package dev.lintel.ingress.snapshot;

/// An object as the compiler sees it: only the fields that are used. Immutable, compared by
/// content.
public sealed interface ObjectView
    permits IngressView,
        IngressClassView,
        ServiceView,
        EndpointSliceView,
        SecretView,
        ConfigMapView,
        NamespaceView {

  /// Its namespace and name; the namespace is empty for a cluster-scoped object.
  ObjectKey key();

  /// What it is.
  ObjectKind kind();
}
