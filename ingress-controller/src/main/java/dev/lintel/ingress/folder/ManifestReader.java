package dev.lintel.ingress.folder;

import dev.lintel.ingress.folder.ManifestFile.Digest;
import dev.lintel.ingress.folder.ManifestFile.Identity;
import dev.lintel.ingress.folder.ManifestFile.Located;
import dev.lintel.ingress.folder.ParsedDocument.Fault;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ObjectView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the text of a manifest file.
public final class ManifestReader {
  private ManifestReader() {}

  /// What a text says: its objects, in its order, and what is wrong with it.
  public record Manifests(List<ObjectView> objects, List<Problem> problems) {}

  /// Reads a text once, without a memory of what it said before.
  ///
  /// @param name how problems name it, e.g. `shop.yaml`
  public static Manifests read(String name, String text) {
    ManifestFile file = read(text, ManifestFile.unknown(name));
    return new Manifests(
        file.objects().values().stream().map(Located::view).toList(), file.problems());
  }

  /// Reads the present text of a file that was `before`.
  static ManifestFile read(String text, ManifestFile before) {
    String name = before.name();
    Map<Identity, Located> objects = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    Map<Digest, ParsedDocument> documents = new HashMap<>();
    boolean whole = true;
    MessageDigest digest = sha256();
    for (DocumentText part : DocumentText.split(text)) {
      ByteBuffer sum = ByteBuffer.wrap(digest.digest(part.text().getBytes(StandardCharsets.UTF_8)));
      Digest id = new Digest(sum.getLong(), sum.getLong());
      ParsedDocument document = before.documents().get(id);
      if (document == null) {
        document = DocumentParser.parse(part.text());
      }
      documents.put(id, document);
      whole &= document.whole();
      for (Fault fault : document.faults()) {
        problems.add(fault.at(name, part.line()));
      }
      for (ObjectView view : document.objects()) {
        add(new Located(view, part.line() + 1), name, objects, problems);
      }
    }
    return new ManifestFile(
        name,
        whole ? objects : ManifestFile.withLastGood(objects, before.objects()),
        List.copyOf(problems),
        documents);
  }

  private static void add(
      Located object, String file, Map<Identity, Located> objects, List<Problem> problems) {
    Identity id = new Identity(object.view().kind(), object.view().key());
    Located first = objects.putIfAbsent(id, object);
    if (first != null) {
      problems.add(conflict(id, file + ":" + object.line(), file + ":" + first.line()));
    }
  }

  /// The problem of an object that stands at two places.
  static Problem conflict(Identity id, String second, String first) {
    return new Problem.Conflict(
        new Source("file", second),
        id.toString(),
        "it stands in " + first + " as well",
        "one manifest of each object",
        "the one in " + first + " is used",
        Severity.WARNING);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
