package dev.lintel.ingress.feature.compression;

import dev.lintel.ingress.feature.Grammar;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Content types with blanks between, or `*`.
final class TypesGrammar implements Grammar<List<String>> {
  private static final String TOKEN = "[-a-zA-Z0-9!#$%&'+.^_`|~]{1,127}";
  private static final Pattern TYPE = Pattern.compile(TOKEN + "/" + TOKEN);
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  @Override
  public Reading<List<String>> read(String text) {
    List<String> types = new ArrayList<>();
    for (String type : BLANKS.split(text)) {
      if (!type.equals("*") && !TYPE.matcher(type).matches()) {
        return new Reading.Fault<>("holds \"" + type + "\", which is no content type", describe());
      }
      types.add(type);
    }
    return new Reading.Value<>(List.copyOf(types));
  }

  @Override
  public String describe() {
    return "content types with blanks between, or `*`";
  }

  @Override
  public String show(List<String> value) {
    return String.join(" ", value);
  }
}
