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
  private static final Pattern FRAMING =
      Pattern.compile(
          "connection|content-length|transfer-encoding|upgrade|keep-alive|te|trailer|proxy-.*");
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

  /// The fields that the ConfigMap named by an annotation holds; one that cannot be sent as it
  /// stands closes the route.
  ///
  /// @param isAllowed whether a field of that name may be set
  public static SortedMap<String, String> readOrDeny(
      AnnotationReader in, Setting<Reference> setting, Predicate<String> isAllowed) {
    SortedMap<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    in.configMap(setting)
        .ifPresent(
            map ->
                new TreeMap<>(map.data())
                    .forEach(
                        (name, value) -> deny(in, setting, map, isAllowed, name, value, fields)));
    return Collections.unmodifiableSortedMap(fields);
  }

  private static void deny(
      AnnotationReader in,
      Setting<Reference> setting,
      ConfigMapView map,
      Predicate<String> isAllowed,
      String name,
      String text,
      SortedMap<String, String> fields) {
    String value = Values.trimmed(text);
    String fault = value.isEmpty() ? "has no value" : fault(name, value, HeaderFields::isFraming);
    if (fault.isEmpty() && !isAllowed.test(name)) {
      fault = "is not allowed by global-allowed-response-headers";
    }
    if (fault.isEmpty()) {
      fields.put(name, value);
    } else {
      in.deny(setting, "field " + Grammars.quoted(name) + " of " + map.key() + " " + fault, "");
    }
  }

  /// Whether a field of a response frames it or belongs to one connection; the name is in lower
  /// case.
  public static boolean isFraming(String name) {
    return FRAMING.matcher(name).matches();
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
    if (fault.isEmpty() && VARIABLE.matcher(value).find()) {
      fault = "asks for a variable, which is not carried out";
    }
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
    return "";
  }
}
