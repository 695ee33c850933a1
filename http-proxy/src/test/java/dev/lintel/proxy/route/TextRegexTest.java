package dev.lintel.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Expressions that are looked for in the values of fields.
class TextRegexTest {
  private static boolean isFound(String source, boolean anyCase, String text) {
    TextRegex regex = ((TextRegex.Compiled) TextRegex.compile(source, anyCase)).regex();
    byte[] bytes = ("xbot" + text + "botx").getBytes(StandardCharsets.UTF_8);
    return regex.isFoundIn(bytes, 4, bytes.length - 8);
  }

  @ParameterizedTest
  @CsvSource({
    "bot, false, Googlebot/2.1, true",
    "bot, false, GoogleBot/2.1, false",
    "bot, true, GoogleBOT/2.1, true",
    "BOT, true, googlebot, true",
    "bot, true, bo, false",
    "'', true, '', true",
    "^curl, true, Curl/8, true",
    "^curl, true, a curl, false",
    "curl$, false, my curl, true",
    "^$, false, '', true",
    "^$, false, a, false",
    "b[oa]t|spider, true, a Spider, true",
    "'\\.php$', false, /a.php, true",
    "'\\.php$', false, /aXphp, false",
    "ü, false, für, true",
    "für, true, FüR, true"
  })
  void isLookedForAnywhere(String source, boolean anyCase, String text, boolean found) {
    assertThat(isFound(source, anyCase, text)).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?!x)y", "(?<=x)y", "(a", "[a", "a++b", "(a)\\1", "*a"})
  void whatOnlyABacktrackingEngineCanDoIsRefused(String source) {
    TextRegex.Result result = TextRegex.compile(source, false);
    assertThat(result).isInstanceOf(TextRegex.Refused.class);
    assertThat(((TextRegex.Refused) result).reason()).isNotBlank();
  }

  @Test
  void nestedRepetitionsEndSoon() {
    assertThat(isFound("^(a+)+$", false, "a".repeat(4_000) + "b")).isFalse();
  }
}
