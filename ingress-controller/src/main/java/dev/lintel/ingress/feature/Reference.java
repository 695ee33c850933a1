package dev.lintel.ingress.feature;

/// The name of an object as a user wrote it; the namespace is empty where none was written, which
/// means that of the Ingress.
public record Reference(String namespace, String name) implements Comparable<Reference> {
  @Override
  public int compareTo(Reference other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
