package dev.lintel.ingress.feature.cors;

import dev.lintel.ingress.feature.Grammar;
import java.util.regex.Pattern;

/// Names of methods or header fields with commas between, kept as they are written, on one line.
final class NameList implements Grammar<String> {
  private static final Pattern NAME = Pattern.compile("[-_A-Za-z0-9]+|\\*");
  private static final int LONGEST = 8192;

  @Override
  public Reading<String> read(String text) {
    if (text.length() > LONGEST) {
      return new Reading.Fault<>("is too long", "at most " + LONGEST + " characters");
    }
    for (String name : text.split(",")) {
      if (!NAME.matcher(name.strip()).matches()) {
        return new Reading.Fault<>("is no list of names", describe());
      }
    }
    return new Reading.Value<>(text.replace('\n', ' '));
  }

  @Override
  public String describe() {
    return "names of letters, digits, - and _ with commas between, or *";
  }
}
