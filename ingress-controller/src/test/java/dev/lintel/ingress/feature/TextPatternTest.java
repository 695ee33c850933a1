package dev.lintel.ingress.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.Grammar.Reading;
import dev.lintel.proxy.message.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists as they stand in nginx's `map`.
class TextPatternTest {
  private static List<TextPattern> list(String text) {
    return ((Reading.Value<List<TextPattern>>) new PatternGrammar().read(text)).value();
  }

  private static boolean fits(String list, String text) {
    Slice within = Slice.of("<" + text + ">");
    within.set(within.bytes(), 1, within.length() - 2);
    return new TextMatcher(list(list)).fits(within);
  }

  @Test
  void entriesAreWholeTextsOrRegularExpressions() {
    assertThat(list("curl/8, ~Bot ,~*spider"))
        .containsExactly(
            new TextPattern(TextPattern.Kind.WHOLE, "curl/8"),
            new TextPattern(TextPattern.Kind.REGEX, "Bot"),
            new TextPattern(TextPattern.Kind.REGEX_ANY_CASE, "spider"));
    assertThat(fits("curl/8", "CURL/8")).isTrue();
    assertThat(fits("curl/8", "curl/8.5")).isFalse();
    assertThat(fits("~Bot, ~*spider", "a Bot")).isTrue();
    assertThat(fits("~Bot, ~*spider", "a bot")).isFalse();
    assertThat(fits("~Bot, ~*spider", "SPIDERS")).isTrue();
  }

  @Test
  void quotesHoldCommasAndMayHoldNothing() {
    assertThat(fits("\"Mozilla/5.0 (X11, Linux)\"", "mozilla/5.0 (x11, linux)")).isTrue();
    assertThat(fits("'a \"b\"', c", "a \"b\"")).isTrue();
    assertThat(fits("bot, \"\"", "")).isTrue();
    assertThat(fits("bot", "")).isFalse();
    assertThat(fits("\"~*a b\"", "xA Bx")).isTrue();
  }

  @Test
  void backslashesCountAsInNginx() {
    assertThat(fits("~*a\\.b", "a.b")).isTrue();
    assertThat(fits("~*a\\.b", "axb")).isFalse();
    assertThat(fits("~*a\\\\.b", "a.b")).as("doubled, as in a quoted text").isTrue();
    assertThat(fits("\\default", "default")).isTrue();
    assertThat(fits("~*a\\ b", "a b")).isTrue();
  }

  @Test
  void aCommaWithinBracesSeparatesNothing() {
    assertThat(list("~a{2,3}b, c")).hasSize(2);
    assertThat(fits("~^a{2,3}b", "aaab")).isTrue();
    assertThat(fits("~^a{2,}b", "aaaaab")).isTrue();
    assertThat(list("a{2, 3}b")).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a,", ",a", "a,,b", "~", "~*", "~(a", "~*(?!a)b", "\"a", "\"", "a\nb", "~a\\1"})
  void whatCannotBeComparedIsRefused(String text) {
    assertThat(new PatternGrammar().read(text)).isInstanceOf(Reading.Fault.class);
  }

  @Test
  void aPatternOfAShellIsATextAsItStands() {
    assertThat(list("*bot*").getFirst().looksLikeGlob()).isTrue();
    assertThat(list("~*bot*").getFirst().looksLikeGlob()).isFalse();
    assertThat(fits("*bot*", "a bot")).isFalse();
  }
}
