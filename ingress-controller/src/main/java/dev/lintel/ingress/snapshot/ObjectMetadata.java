package dev.lintel.ingress.snapshot;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;

/// What `metadata` says of any object.
///
/// @param created the creation timestamp, the epoch where there is none
public record ObjectMetadata(
    ObjectKey key,
    String uid,
    Instant created,
    Map<String, String> labels,
    Map<String, String> annotations) {

  /// Reads `metadata`; an object without a namespace is in `default` where its kind has namespaces.
  static ObjectMetadata read(ObjectKind kind, Fields metadata) throws InvalidObject {
    String name = metadata.text("name", "");
    if (name.isEmpty()) {
      throw metadata.fault("name", "no name", "the name of the object");
    }
    String namespace = kind.isNamespaced() ? metadata.text("namespace", "default") : "";
    return new ObjectMetadata(
        new ObjectKey(namespace, name),
        metadata.text("uid", ""),
        created(metadata),
        metadata.textMap("labels"),
        metadata.textMap("annotations"));
  }

  private static Instant created(Fields metadata) throws InvalidObject {
    String text = metadata.text("creationTimestamp", "");
    if (text.isEmpty()) {
      return Instant.EPOCH;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException _) {
      throw metadata.fault("creationTimestamp", Fields.quoted(text), "2026-01-31T12:00:00Z");
    }
  }
}
