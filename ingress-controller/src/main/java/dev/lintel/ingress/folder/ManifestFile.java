package dev.lintel.ingress.folder;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.ObjectView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One file as it was last understood. Immutable.
///
/// @param name its path below the folder, with `/`
/// @param objects what it says, in its order; where it is not whole now, with what it said before
/// @param problems what is wrong with it
/// @param documents its documents by the digest of their text: what has not changed since is not
///   parsed again
record ManifestFile(
    String name,
    Map<Identity, Located> objects,
    List<Problem> problems,
    Map<Digest, ParsedDocument> documents) {

  /// The beginning of a SHA-256 sum: two texts that share it are the same.
  record Digest(long high, long low) {}

  /// The identity of an object.
  record Identity(ObjectKind kind, ObjectKey key) {
    @Override
    public String toString() {
      return kind.kind() + " " + key;
    }
  }

  /// An object and the line (from 1) its document begins at.
  record Located(ObjectView view, int line) {}

  /// A file that nothing is known of yet.
  static ManifestFile unknown(String name) {
    return new ManifestFile(name, Map.of(), List.of(), Map.of());
  }

  /// This file's objects with those that `before` had and this one lost, for a file that is not
  /// whole.
  static Map<Identity, Located> withLastGood(
      Map<Identity, Located> now, Map<Identity, Located> before) {
    Map<Identity, Located> all = new LinkedHashMap<>(now);
    before.forEach(all::putIfAbsent);
    return all;
  }
}
