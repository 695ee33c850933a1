package dev.lintel.ingress.snapshot;

/// An IngressClass: its name and `spec.controller`.
public record IngressClassView(String name, String controller) implements ObjectView {
  @Override
  public ObjectKey key() {
    return new ObjectKey("", name);
  }
}
