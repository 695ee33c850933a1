package dev.lintel.corpus.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One response as a client saw it.
///
/// @param head start line and fields
/// @param complete whether the whole body came
public record Answer(int status, String head, String body, boolean complete) {
  /// The values of a field.
  public List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (String line : head.split("\r\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
        values.add(line.substring(colon + 1).strip());
      }
    }
    return values;
  }

  /// Whether it is the interim answer to something, not the last.
  public boolean isInterim() {
    return status >= 100 && status < 200 && status != 101;
  }
}
