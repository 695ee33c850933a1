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
  default ObjectKind kind() {
    return switch (this) {
      case IngressView _ -> ObjectKind.INGRESS;
      case IngressClassView _ -> ObjectKind.INGRESS_CLASS;
      case ServiceView _ -> ObjectKind.SERVICE;
      case EndpointSliceView _ -> ObjectKind.ENDPOINT_SLICE;
      case SecretView _ -> ObjectKind.SECRET;
      case ConfigMapView _ -> ObjectKind.CONFIG_MAP;
      case NamespaceView _ -> ObjectKind.NAMESPACE;
    };
  }
}
