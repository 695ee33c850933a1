package dev.lintel.ingress.snapshot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields of one mapping in a decoded JSON or YAML tree. What is missing or null reads as
/// empty; what has the wrong type is a fault that names its whole path, which is put together only
/// then.
final class Fields {
  private static final int LONGEST_QUOTE = 60;

  private final Map<?, ?> values;
  private final @Nullable Fields parent;
  private final String name;
  private final int index;

  private Fields(Map<?, ?> values, @Nullable Fields parent, String name, int index) {
    this.values = values;
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  /// The fields of a whole object.
  static Fields of(Map<?, ?> tree) {
    return new Fields(tree, null, "", -1);
  }

  /// Whether the field is there and not null.
  boolean has(String field) {
    return values.get(field) != null;
  }

  String text(String field, String orElse) throws InvalidObject {
    String text = textOrNull(field);
    return text == null ? orElse : text;
  }

  @Nullable String textOrNull(String field) throws InvalidObject {
    Object value = values.get(field);
    return value == null ? null : text(field, value, "a text");
  }

  /// A field that may be a number or a text (`IntOrString`), as text.
  @Nullable String numberOrText(String field) throws InvalidObject {
    Object value = values.get(field);
    return value instanceof Integer || value instanceof Long ? value.toString() : textOrNull(field);
  }

  /// A port number or another small whole number.
  int number(String field, int orElse) throws InvalidObject {
    Object value = values.get(field);
    if (value instanceof Integer number) {
      return number;
    }
    return absent(field, value, orElse, "a whole number");
  }

  boolean flag(String field, boolean orElse) throws InvalidObject {
    Object value = values.get(field);
    if (value instanceof Boolean flag) {
      return flag;
    }
    return absent(field, value, orElse, "true or false");
  }

  /// The mapping in that field; an empty one where there is none.
  Fields at(String field) throws InvalidObject {
    Object value = values.get(field);
    if (value instanceof Map<?, ?> map) {
      return new Fields(map, this, field, -1);
    }
    return absent(field, value, new Fields(Map.of(), this, field, -1), "a mapping");
  }

  /// The mappings of the list in that field.
  List<Fields> each(String field) throws InvalidObject {
    List<?> list = list(field);
    List<Fields> each = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      Object item = list.get(i);
      if (!(item instanceof Map<?, ?> map)) {
        throw fault(field + "[" + i + "]", described(item), "a mapping");
      }
      each.add(new Fields(map, this, field, i));
    }
    return each;
  }

  /// The texts of the list in that field.
  List<String> texts(String field) throws InvalidObject {
    List<?> list = list(field);
    List<String> texts = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      texts.add(text(field + "[" + i + "]", list.get(i), "a text"));
    }
    return List.copyOf(texts);
  }

  /// The mapping of names to texts in that field, in its order.
  Map<String, String> textMap(String field) throws InvalidObject {
    Fields map = at(field);
    if (map.values.isEmpty()) {
      return Map.of();
    }
    Map<String, String> texts = LinkedHashMap.newLinkedHashMap(map.values.size());
    for (Map.Entry<?, ?> entry : map.values.entrySet()) {
      String key = text(field, entry.getKey(), "names that are texts");
      Object value = entry.getValue();
      texts.put(key, value == null ? "" : map.text(key, value, "a text, in quotes"));
    }
    return Map.copyOf(texts);
  }

  /// A fault of one field of this mapping.
  InvalidObject fault(String field, String found, String expected) {
    return new InvalidObject(path(field), found, expected);
  }

  /// A value as a fault shows it.
  static String quoted(String value) {
    String line = value.lines().findFirst().orElse("");
    return '"'
        + (line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line)
        + '"';
  }

  private List<?> list(String field) throws InvalidObject {
    Object value = values.get(field);
    if (value instanceof List<?> list) {
      return list;
    }
    return absent(field, value, List.of(), "a list");
  }

  /// What stands for a value that is not there; a fault where there is one, of the wrong kind.
  private <T> T absent(String field, @Nullable Object value, T orElse, String expected)
      throws InvalidObject {
    if (value == null) {
      return orElse;
    }
    throw fault(field, described(value), expected);
  }

  private String text(String field, @Nullable Object value, String expected) throws InvalidObject {
    if (value instanceof String text) {
      return text;
    }
    throw fault(field, described(value), expected);
  }

  private static String described(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case String text -> quoted(text);
      case Number number -> "the number " + number;
      case Boolean flag -> flag.toString();
      case Map<?, ?> _ -> "a mapping";
      case List<?> _ -> "a list";
      case Object other -> quoted(other.toString());
    };
  }

  private String path(String field) {
    StringBuilder path = new StringBuilder(field);
    for (Fields level = this; level.parent != null; level = level.parent) {
      path.insert(0, level.index < 0 ? "." : "[" + level.index + "].").insert(0, level.name);
    }
    return path.toString();
  }
}
