package dev.lintel.ingress.feature.clientcert;

import dev.lintel.ingress.feature.Grammar;
import dev.lintel.proxy.route.TextRegex;

/// `CN=` and a regular expression: together they are looked for in the name of a certificate.
final class NameGrammar implements Grammar<String> {
  private static final String MARK = "CN=";
  private static final int LONGEST = 1024;

  @Override
  public Reading<String> read(String text) {
    if (!text.startsWith(MARK) || text.length() == MARK.length()) {
      return new Reading.Fault<>("is no common name", "CN= and a regular expression");
    }
    if (text.length() > LONGEST) {
      return new Reading.Fault<>("is too long", "at most " + LONGEST + " characters");
    }
    return TextRegex.compile(text, false) instanceof TextRegex.Refused(String reason)
        ? new Reading.Fault<>(
            "holds no regular expression that takes linear time: " + reason,
            "CN= and an expression in the syntax of RE2")
        : new Reading.Value<>(text);
  }

  @Override
  public String describe() {
    return "`CN=` and a regular expression";
  }
}
