package dev.lintel.ingress.feature.tracing;

import dev.lintel.ingress.feature.Grammar;
import java.util.regex.Pattern;

/// A share, kept as the text it was written as.
final class RatioGrammar implements Grammar<String> {
  private static final Pattern DECIMAL =
      Pattern.compile("0*(?:0(?:\\.\\d{0,12})?|\\.\\d{1,12}|1(?:\\.0*)?)");

  @Override
  public Reading<String> read(String text) {
    return DECIMAL.matcher(text).matches()
        ? new Reading.Value<>(text)
        : new Reading.Fault<>("is no share", "a decimal from 0 to 1, such as 0.01");
  }

  @Override
  public String describe() {
    return "decimal, 0 to 1";
  }
}
