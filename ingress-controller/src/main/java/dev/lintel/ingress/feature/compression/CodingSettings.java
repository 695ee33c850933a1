package dev.lintel.ingress.feature.compression;

import dev.lintel.proxy.body.Coding;
import dev.lintel.proxy.body.CodingRule;
import dev.lintel.proxy.body.ContentTypes;
import java.util.List;

/// Which responses are compressed with one coding.
///
/// @param level of its library
/// @param minLength bytes of a body; one that says that it is shorter stays as it is
/// @param types of content beside `text/html`; `*` for all
public record CodingSettings(Coding coding, int level, int minLength, List<String> types) {
  CodingRule rule() {
    return new CodingRule(coding, level, minLength, new ContentTypes(types));
  }

  @Override
  public String toString() {
    return coding + " level=" + level + " minLength=" + minLength + " types=" + types;
  }
}
