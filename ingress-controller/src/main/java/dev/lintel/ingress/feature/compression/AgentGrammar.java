package dev.lintel.ingress.feature.compression;

import dev.lintel.ingress.feature.Grammar;
import dev.lintel.proxy.route.TextRegex;

/// A regular expression that any case fits, or `msie6`, nginx's word for the browsers that could
/// not unpack what they asked for.
final class AgentGrammar implements Grammar<String> {
  private static final String OLD_BROWSERS = "MSIE [4-6]\\.";

  @Override
  public Reading<String> read(String text) {
    String regex = text.equals("msie6") ? OLD_BROWSERS : text;
    return TextRegex.compile(regex, true) instanceof TextRegex.Refused(String reason)
        ? new Reading.Fault<>(
            "is no regular expression that takes linear time: " + reason,
            describe().replace("`", ""))
        : new Reading.Value<>(regex);
  }

  @Override
  public String describe() {
    return "a regular expression, or `msie6`";
  }
}
