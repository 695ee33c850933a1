package dev.lintel.ingress.feature;

import dev.lintel.ingress.snapshot.ConfigMapView;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Header fields that a ConfigMap holds: each key is a name, each value its value. What cannot be
/// sent as it stands is left out, with a problem.
public final class HeaderFields {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][-_A-Za-z0-9]*");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:[a-zA-Z_]|\\{)");
  private static final int LONGEST = 4096;

  private HeaderFields() {}

  /// The fields that the ConfigMap named by `setting` holds, by name; empty where it names none.
  ///
  /// @param isOwn whether Lintel writes a field of that name, in lower case, by itself
  public static SortedMap<String, String> read(
      AnnotationReader in, Setting<Reference> setting, Predicate<String> isOwn) {
    SortedMap<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    in.globalConfigMap(setting)
        .ifPresent(
            map ->
                new TreeMap<>(map.data())
                    .forEach((name, value) -> add(in, setting, map, isOwn, name, value, fields)));
    return Collections.unmodifiableSortedMap(fields);
  }

  private static void add(
      AnnotationReader in,
      Setting<Reference> setting,
      ConfigMapView map,
      Predicate<String> isOwn,
      String name,
      String text,
      SortedMap<String, String> fields) {
    String value = Values.trimmed(text);
    String fault = fault(name, value, isOwn);
    if (fault.isEmpty()) {
      fields.put(name, value);
    } else {
      in.globalProblem(
          setting,
          "field " + Grammars.quoted(name) + " of " + map.key() + " " + fault,
          "",
          "that field is left out");
    }
  }

  private static String fault(String name, String value, Predicate<String> isOwn) {
    if (!NAME.matcher(name).matches()) {
      return "has a name that is none";
    }
    if (isOwn.test(name.toLowerCase(Locale.ROOT))) {
      return "is written by Lintel itself";
    }
    if (value.length() > LONGEST || !VALUE.matcher(value).matches()) {
      return "has a value that cannot be sent: printable ASCII, one line, at most " + LONGEST;
    }
    return VARIABLE.matcher(value).find() ? "asks for a variable, which is not carried out" : "";
  }
}
