package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Grammar.Reading;
import java.util.stream.Collectors;

/// How the text of any setting becomes a value.
final class Values {
  private Values() {}

  /// Every line without the blanks around it, and the whole without empty lines around it, as block
  /// scalars of YAML leave them.
  static String trimmed(String text) {
    return text.indexOf('\n') < 0
        ? text.strip()
        : text.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
  }

  /// Reads a trimmed text; the fault's words stand on their own. Nothing at all is no content.
  static <T> Reading<T> read(Setting<T> setting, String trimmed) {
    if (trimmed.isEmpty()) {
      return new Reading.Fault<>("is empty", setting.grammar().describe().replace("`", ""));
    }
    return switch (setting.grammar().read(trimmed)) {
      case Reading.Value<T> value -> value;
      case Reading.Fault<T>(String found, String expected) ->
          new Reading.Fault<>(Grammars.quoted(trimmed) + " " + found, expected);
    };
  }

  /// The effect of dropping a value.
  static String fallback(Setting<?> setting) {
    String shown = setting.shownDefault();
    return shown.isEmpty() ? "ignored" : "using " + shown;
  }
}
