package dev.lintel.ingress.snapshot;

import java.util.Map;

/// A Namespace and its labels.
public record NamespaceView(String name, Map<String, String> labels) implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.NAMESPACE;
  }

  @Override
  public ObjectKey key() {
    return new ObjectKey("", name);
  }
}
