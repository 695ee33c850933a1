package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Setting.Risk;
import java.util.Locale;

/// An annotation or ConfigMap key of ingress-nginx that Lintel knows and does not carry out.
///
/// @param risk what ingress-nginx says of it; LOW for ConfigMap keys
/// @param harmless the value that asks for nothing (`false`, `all`, the default); empty where every
///   value asks for something
/// @param about what it asks for, in words
/// @param instead what to write instead; may be empty
public record Unbuilt(
    String name, Standing standing, Risk risk, String harmless, String about, String instead) {

  /// What leaving it out means.
  public enum Standing {
    /// Something would stand open: the routes are closed.
    GUARD,
    /// Requests are served in another way than the user asked for.
    BEHAVIOUR,
    /// It only details another one of this list.
    DETAIL,
    /// It turns a screw of nginx that Lintel has not.
    MECHANICS,
    /// ingress-nginx itself no longer reads it.
    REMOVED
  }

  /// Reads a row of a table: `name | standing | risk | harmless | about | instead`, `-` for
  /// nothing.
  static Unbuilt row(String line) {
    String[] cells = line.split("\\|", -1);
    if (cells.length != 6) {
      throw new IllegalArgumentException("not six cells: " + line);
    }
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cells[i].strip();
      cells[i] = cells[i].equals("-") ? "" : cells[i];
    }
    return new Unbuilt(
        cells[0],
        Standing.valueOf(cells[1].toUpperCase(Locale.ROOT)),
        Risk.valueOf(cells[2].toUpperCase(Locale.ROOT)),
        cells[3],
        cells[4],
        cells[5]);
  }

  /// Whether this value asks for nothing that Lintel does not do anyway.
  public boolean isHarmless(String value) {
    String trimmed = Values.trimmed(value);
    if (harmless.equals("false") || harmless.equals("true")) {
      return Grammars.bool().read(trimmed) instanceof Grammar.Reading.Value<Boolean>(Boolean isTrue)
          && isTrue == harmless.equals("true");
    }
    return !harmless.isEmpty() && harmless.equalsIgnoreCase(trimmed);
  }
}
