package dev.lintel.ingress.snapshot;

/// An IngressClass: its name and `spec.controller`.
public record IngressClassView(String name, String controller) implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.INGRESS_CLASS;
  }

  @Override
  public ObjectKey key() {
    return new ObjectKey("", name);
  }
}
