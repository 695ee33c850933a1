package dev.lintel.ingress.snapshot;

import java.util.Map;

/// A ConfigMap and its text data.
public record ConfigMapView(ObjectKey key, Map<String, String> data) implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.CONFIG_MAP;
  }
}
