package dev.lintel.corpus.cases;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.cases.CorpusCase.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads files of cases: one JSON object a line.
public final class CaseReader {
  private static final JsonMapper JSON = JsonMapper.shared();

  private CaseReader() {}

  /// All cases of a file, in its order.
  ///
  /// @throws IllegalArgumentException names the line that is no case
  public static List<CorpusCase> read(Path file) throws IOException {
    List<CorpusCase> cases = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        cases.add(read(JSON.readTree(line)));
      } catch (JacksonException | IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
      }
    }
    return cases;
  }

  private static CorpusCase read(JsonNode node) {
    return new CorpusCase(
        required(node, "id"),
        optional(node, "class") == null ? "" : required(node, "class"),
        Kind.of(required(node, "proto")),
        Repeats.writeOut(required(node, "raw")),
        required(node, "expect"),
        expected(node.get("upstream")),
        data(node.get("data")),
        fields(node.get("trailers")),
        writtenOut(node, "then"),
        writtenOut(node, "request"),
        optional(node, "config"));
  }

  private static Expected expected(@Nullable JsonNode node) {
    if (node == null || !node.isObject()) {
      return Expected.ANYTHING;
    }
    Map<String, String> present = new LinkedHashMap<>();
    JsonNode named = node.get("present");
    if (named != null) {
      named
          .properties()
          .forEach(
              e ->
                  present.put(
                      e.getKey().toLowerCase(Locale.ROOT),
                      Repeats.writeOut(e.getValue().asString())));
    }
    List<String> absent = new ArrayList<>();
    JsonNode gone = node.get("absent");
    if (gone != null) {
      gone.forEach(name -> absent.add(name.asString().toLowerCase(Locale.ROOT)));
    }
    JsonNode path = node.has("target") ? node.get("target") : node.get("path");
    return new Expected(
        true,
        number(node, "count"),
        path == null ? null : Repeats.writeOut(path.asString()),
        optional(node, "host"),
        present,
        absent,
        writtenOut(node, "body"),
        number(node, "body_len"));
  }

  /// One DATA frame, or a list of them.
  private static List<String> data(@Nullable JsonNode node) {
    List<String> frames = new ArrayList<>();
    if (node != null && node.isArray()) {
      node.forEach(each -> frames.add(Repeats.writeOut(each.asString())));
    } else if (node != null) {
      frames.add(Repeats.writeOut(node.asString()));
    }
    return frames;
  }

  /// The fields that a case of the kind h2 consists of.
  public static List<Field> fields(String raw) {
    return fields(JSON.readTree(raw));
  }

  private static List<Field> fields(@Nullable JsonNode node) {
    List<Field> fields = new ArrayList<>();
    if (node != null) {
      node.forEach(
          pair ->
              fields.add(
                  new Field(
                      Repeats.writeOut(pair.get(0).asString()),
                      Repeats.writeOut(pair.get(1).asString()))));
    }
    return fields;
  }

  private static String required(JsonNode node, String name) {
    String value = optional(node, name);
    if (value == null) {
      throw new IllegalArgumentException("a case without \"" + name + "\"");
    }
    return value;
  }

  private static @Nullable String optional(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value.asString();
  }

  private static @Nullable String writtenOut(JsonNode node, String name) {
    String value = optional(node, name);
    return value == null ? null : Repeats.writeOut(value);
  }

  private static @Nullable Integer number(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null ? null : Integer.valueOf(value.asInt());
  }
}
