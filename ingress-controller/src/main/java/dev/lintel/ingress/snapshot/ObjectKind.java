package dev.lintel.ingress.snapshot;

import org.jspecify.annotations.Nullable;

/// The kinds of objects Lintel reads; everything else in a cluster or folder is none of its
/// business.
public enum ObjectKind {
  INGRESS("networking.k8s.io", "Ingress", true),
  INGRESS_CLASS("networking.k8s.io", "IngressClass", false),
  SERVICE("", "Service", true),
  ENDPOINT_SLICE("discovery.k8s.io", "EndpointSlice", true),
  SECRET("", "Secret", true),
  CONFIG_MAP("", "ConfigMap", true),
  NAMESPACE("", "Namespace", false);

  /// The version in which each of them is read.
  public static final String VERSION = "v1";

  private final String group;
  private final String kind;
  private final boolean namespaced;
  private final String apiVersion;

  ObjectKind(String group, String kind, boolean namespaced) {
    this.group = group;
    this.kind = kind;
    this.namespaced = namespaced;
    this.apiVersion = group.isEmpty() ? VERSION : group + "/" + VERSION;
  }

  /// The API group, empty for the core group.
  public String group() {
    return group;
  }

  /// The name as `kind:` has it.
  public String kind() {
    return kind;
  }

  /// The group and version as `apiVersion:` has them.
  public String apiVersion() {
    return apiVersion;
  }

  /// The name in paths and RBAC rules, e.g. `ingressclasses`.
  public String plural() {
    String lower = kind.toLowerCase(java.util.Locale.ROOT);
    return lower.endsWith("s") ? lower + "es" : lower + "s";
  }

  /// Whether its objects live in a namespace.
  public boolean isNamespaced() {
    return namespaced;
  }

  /// The kind of that name in any group and version, or null.
  public static @Nullable ObjectKind named(String kind) {
    for (ObjectKind candidate : values()) {
      if (candidate.kind.equals(kind)) {
        return candidate;
      }
    }
    return null;
  }

  /// The kind of that name, in this group and version only, or null.
  public static @Nullable ObjectKind of(String apiVersion, String kind) {
    ObjectKind named = named(kind);
    return named != null && named.apiVersion.equals(apiVersion) ? named : null;
  }
}
