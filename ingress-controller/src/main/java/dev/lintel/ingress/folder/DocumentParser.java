package dev.lintel.ingress.folder;

import dev.lintel.ingress.folder.ParsedDocument.Fault;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.snapshot.InvalidObject;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.ObjectReader;
import dev.lintel.ingress.snapshot.ObjectView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Parses the text of one document, YAML or JSON, and reads its objects.
final class DocumentParser {
  private static final int LONGEST_DOCUMENT = 64 << 20;
  private static final String KEPT = "the last good objects of this file stay";

  private final List<ObjectView> objects = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private boolean whole = true;

  private DocumentParser() {}

  static ParsedDocument parse(String text) {
    DocumentParser parser = new DocumentParser();
    parser.document(text);
    return new ParsedDocument(
        List.copyOf(parser.objects), List.copyOf(parser.faults), parser.whole);
  }

  private void document(String text) {
    Object tree;
    try {
      tree = new Load(settings()).loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine()).orElse(0);
      notYaml(line, oneLine(e.getProblem()));
      return;
    } catch (YamlEngineException e) {
      notYaml(firstContent(text), oneLine(e.getMessage()));
      return;
    }
    if (tree == null) {
      return;
    }
    int line = firstContent(text);
    if (tree instanceof Map<?, ?> map) {
      object(line, map, null);
    } else {
      invalid(line, "document", "no mapping", "an object with apiVersion and kind");
    }
  }

  /// @param listed the kind of the list it stands in, where that says what it is
  private void object(int line, Map<?, ?> tree, @Nullable ObjectKind listed) {
    String apiVersion = listed == null ? text(tree.get("apiVersion")) : listed.apiVersion();
    String kindName = listed == null ? text(tree.get("kind")) : listed.kind();
    if (apiVersion.isEmpty() || kindName.isEmpty()) {
      invalid(line, "document", "no apiVersion or no kind", "an object that has both");
      return;
    }
    if (kindName.endsWith("List") && tree.get("items") instanceof List<?> items) {
      list(line, items, apiVersion, kindName);
      return;
    }
    ObjectKind kind = ObjectKind.of(apiVersion, kindName);
    if (kind == null) {
      unused(line, apiVersion, kindName);
      return;
    }
    try {
      ObjectView view = ObjectReader.read(kind, tree);
      if (view != null) {
        objects.add(view);
      }
    } catch (InvalidObject e) {
      whole = false;
      faults.add(new Fault(line, source -> e.problem(source, KEPT)));
    }
  }

  private void list(int line, List<?> items, String apiVersion, String kindName) {
    String itemKind = kindName.substring(0, kindName.length() - "List".length());
    ObjectKind listed = itemKind.isEmpty() ? null : ObjectKind.of(apiVersion, itemKind);
    for (Object item : items) {
      if (item instanceof Map<?, ?> map) {
        object(line, map, map.get("kind") == null ? listed : null);
      } else {
        invalid(line, "items", "an item that is no mapping", "objects");
      }
    }
  }

  private void unused(int line, String apiVersion, String kindName) {
    ObjectKind other = ObjectKind.named(kindName);
    String found = apiVersion + " " + kindName;
    if (other == null) {
      faults.add(
          new Fault(
              line,
              source ->
                  new Problem.Unsupported(
                      source, "document", found, "", "ignored", Severity.INFO)));
    } else {
      whole = false;
      faults.add(
          new Fault(
              line,
              source ->
                  new Problem.Unsupported(
                      source,
                      "apiVersion",
                      found,
                      other.apiVersion(),
                      "ignored",
                      Severity.WARNING)));
    }
  }

  private void notYaml(int line, String what) {
    invalid(line, "document", what, "YAML or JSON");
  }

  private void invalid(int line, String subject, String found, String expected) {
    whole = false;
    faults.add(
        new Fault(
            line,
            source ->
                new Problem.InvalidValue(source, subject, found, expected, KEPT, Severity.ERROR)));
  }

  private static LoadSettings settings() {
    return LoadSettings.builder()
        .setSchema(new CoreSchema())
        .setCodePointLimit(LONGEST_DOCUMENT)
        .build();
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }

  /// The line of the first content: comments above an object are not where its fault is.
  private static int firstContent(String text) {
    int line = 0;
    for (int at = 0; at < text.length(); line++) {
      int newline = text.indexOf('\n', at);
      int end = newline < 0 ? text.length() : newline;
      String stripped = text.substring(at, end).strip();
      if (!stripped.isEmpty() && !stripped.startsWith("#")) {
        return line;
      }
      at = end + 1;
    }
    return 0;
  }

  private static String oneLine(@Nullable String message) {
    return message == null
        ? "text that cannot be parsed"
        : message.lines().findFirst().orElse("text that cannot be parsed");
  }
}
