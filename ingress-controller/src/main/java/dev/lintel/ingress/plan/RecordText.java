package dev.lintel.ingress.plan;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Any record as text, by its components: ` name=value` for each.
///
/// The record's type is public. Left out is what equals the same component of its public constant
/// `DEFAULTS`, or, where there is none, what is null, false, 0 or empty. Arrays of bytes are
/// secrets and show as a fingerprint; any other value shows as its own text, so a record inside
/// that holds secrets says in its `toString` what may be seen.
final class RecordText {
  private static final Pattern PLAIN = Pattern.compile("[^\\s\"\\[\\]{}=,]+");
  private static final int FINGERPRINT_BYTES = 6;

  private RecordText() {}

  /// What is known of a type of records: looked up once.
  ///
  /// @param defaults the components of its constant `DEFAULTS`, or null where there is none
  private record Shape(
      List<String> names, List<Method> accessors, @Nullable Object @Nullable [] defaults) {}

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return shape(type);
        }
      };

  /// The components, each with a space in front.
  static String components(Record value) {
    Shape shape = SHAPES.get(value.getClass());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < shape.names().size(); i++) {
      Object part = read(shape.accessors().get(i), value);
      boolean isLeftOut =
          shape.defaults() == null ? isNothing(part) : Objects.equals(part, shape.defaults()[i]);
      if (!isLeftOut) {
        text.append(' ').append(shape.names().get(i)).append('=').append(of(part));
      }
    }
    return text.toString();
  }

  /// A value alone.
  static String of(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case byte[] secret -> fingerprint(secret);
      case String text -> text(text);
      case Collection<?> list ->
          list.stream().map(RecordText::of).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map -> {
        Map<String, String> sorted = new TreeMap<>();
        map.forEach((key, part) -> sorted.put(of(key), of(part)));
        yield sorted.toString();
      }
      default -> value.toString();
    };
  }

  private static String text(String value) {
    return PLAIN.matcher(value).matches()
        ? value
        : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  private static boolean isNothing(@Nullable Object value) {
    return value == null
        || value.equals(false)
        || value.equals(0)
        || value.equals("")
        || value instanceof Collection<?> list && list.isEmpty()
        || value instanceof Map<?, ?> map && map.isEmpty();
  }

  private static Shape shape(Class<?> type) {
    List<String> names = new ArrayList<>();
    List<Method> accessors = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      names.add(component.getName());
      accessors.add(component.getAccessor());
    }
    Object constant = defaults(type);
    @Nullable Object @Nullable [] defaults =
        constant == null
            ? null
            : accessors.stream().map(accessor -> read(accessor, constant)).toArray();
    return new Shape(names, accessors, defaults);
  }

  private static @Nullable Object defaults(Class<?> type) {
    for (Field field : type.getFields()) {
      if (field.getName().equals("DEFAULTS") && Modifier.isStatic(field.getModifiers())) {
        try {
          return field.get(null);
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(type + ".DEFAULTS cannot be read", e);
        }
      }
    }
    return null;
  }

  private static @Nullable Object read(Method accessor, Object value) {
    try {
      return accessor.invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(accessor + " cannot be read", e);
    }
  }

  private static String fingerprint(byte[] secret) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret);
      return "sha256:" + HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
