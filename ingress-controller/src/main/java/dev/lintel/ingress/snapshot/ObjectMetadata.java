package dev.lintel.ingress.snapshot;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// What `metadata` says of any object.
///
/// @param created the creation timestamp, the epoch where there is none
/// @param annotations all of them but the one that holds the object itself
public record ObjectMetadata(
    ObjectKey key,
    String uid,
    Instant created,
    Map<String, String> labels,
    Map<String, String> annotations) {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

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
        useful(metadata.textMap("annotations")));
  }

  /// Annotations without the copy of the whole object that `kubectl apply` leaves there.
  public static Map<String, String> useful(Map<String, String> annotations) {
    if (!annotations.containsKey(LAST_APPLIED)) {
      return annotations;
    }
    Map<String, String> rest = new HashMap<>(annotations);
    rest.remove(LAST_APPLIED);
    return Map.copyOf(rest);
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
