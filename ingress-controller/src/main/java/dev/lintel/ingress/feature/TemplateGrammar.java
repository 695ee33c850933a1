package dev.lintel.ingress.feature;

import java.util.regex.Pattern;

/// A text of printable characters with nginx's variables.
///
/// @param allowed what the whole text matches
/// @param describe what may be written, in words
public record TemplateGrammar(Pattern allowed, String describe) implements Grammar<String> {
  private static final int LONGEST = 2048;
  private static final String SIGNS = "[!-~&&[^\"<>\\\\^`|#]]";

  /// Where a client is sent: never to a host that a request could name by a second slash.
  public static final TemplateGrammar ADDRESS =
      new TemplateGrammar(
          Pattern.compile(
              "(?:https?|\\$scheme|\\$pass_access_scheme)://[-.:\\w${}\\[\\]]+(?:[/?]"
                  + SIGNS
                  + "*)?|/(?![/\\\\$])"
                  + SIGNS
                  + "*"),
          "http(s) URL, or path with one slash in front, in which variables may stand");

  /// What is told of the way back.
  public static final TemplateGrammar WAY_BACK =
      new TemplateGrammar(
          Pattern.compile(SIGNS + "+"), "URL or path, in which variables may stand");

  /// What tells clients apart.
  public static final TemplateGrammar KEY =
      new TemplateGrammar(Pattern.compile("[ -~]+"), "text in which variables stand");

  @Override
  public Reading<String> read(String text) {
    if (text.length() > LONGEST || !allowed.matcher(text).matches()) {
      return new Reading.Fault<>("has characters or a form that are not allowed", describe);
    }
    String fault = Template.fault(text);
    return fault.isEmpty()
        ? new Reading.Value<>(text)
        : new Reading.Fault<>(fault, "one of nginx's variables about the request");
  }
}
