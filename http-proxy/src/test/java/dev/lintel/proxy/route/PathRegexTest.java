package dev.lintel.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathRegexTest {
  private static PathRegex regex(String pattern) {
    return switch (PathRegex.compile(pattern)) {
      case PathRegex.Compiled(PathRegex regex) -> regex;
      case PathRegex.Refused(String reason) -> throw new AssertionError(reason);
    };
  }

  private static boolean matches(PathRegex regex, String path) {
    byte[] b = ("x" + path + "x").getBytes(StandardCharsets.UTF_8);
    return regex.matches(b, 1, b.length - 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "/foo~/foo~true~true",
        "/foo~/FOObar~true~true",
        "/foo~/x/foo~true~false",
        "/foo$~/foo/~true~false",
        "/foo(/|$)(.*)~/foo/x~true~true",
        "/foo(/|$)(.*)~/foobar~true~false",
        "/foo|/bar~/bar~true~true",
        "/a+~/aa~true~true",
        "/ab?c~/ac~true~true",
        "/ab*~/a~true~true",
        "/a{0}b~/b~true~true",
        "/a\\.b~/a.b~true~true",
        "/a\\.b~/axb~true~false",
        "/[a|b]x~/|x~true~true",
        "^/foo~/foo~true~true",
        "/(?!admin)~/x~false~true",
        "/(?!admin)~/Admin~false~false",
        "/(?<!x)y~/y~false~true",
        "/a++b~/aaab~false~true",
        "/(a)\\1~/aa~false~true",
        "/(?>a+)b~/aab~false~true",
        "/é~/é~true~true",
        "/.{2}$~/é~true~true",
      })
  void matchesAtTheStart(String pattern, String path, boolean linear, boolean expected) {
    PathRegex regex = regex(pattern);
    assertThat(regex.isLinear()).isEqualTo(linear);
    assertThat(matches(regex, path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "/foo\\Kbar!\\K is not supported",
        "/(a(?R)?b)!recursion (?R) is not supported",
        "/(a(?1)?b)!recursion (?1) is not supported",
        "/(?(1)a)!a conditional (?(…) is not supported",
        "/(a!Unclosed group at 3",
        "/a**!Dangling meta character '*' at 3",
      })
  void whatNoEngineHasIsRefusedByName(String pattern, String reason) {
    assertThat(PathRegex.compile(pattern)).isEqualTo(new PathRegex.Refused(reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "/foo(/|$)(.*)!/foo/a/b!'0 8 4 5 5 8'",
        "/foo(/|$)(.*)!/foo!'0 4 4 4 4 4'",
        "/api!/x/API/y!'2 6 0 0 0 0'",
        "/(a)|/(b)!/b!'0 2 -1 -1 1 2'",
        "/(?=b)(b)(c)?!/b!'0 2 1 2 -1 -1'",
      })
  void capturesAreRangesOfThePath(String pattern, String path, String expected) {
    PathRegex regex = regex(pattern);
    byte[] b = ("xx" + path).getBytes(StandardCharsets.UTF_8);
    int[] ranges = new int[6];
    assertThat(regex.find(b, 2, b.length - 2, ranges)).isTrue();
    StringBuilder text = new StringBuilder();
    for (int range : ranges) {
      text.append(range).append(' ');
    }
    assertThat(text.toString().strip()).isEqualTo(expected);
    assertThat(regex.find(b, 0, 1, ranges)).isFalse();
  }

  @Test
  void plainExpressionsMatchAsTheEngineDoes() {
    java.util.Random random = new java.util.Random(5);
    String[] parts = {"/", "/A", "a", "/a/", "\n", "b", "/ab"};
    for (PlainTail tail : PlainTail.values()) {
      for (String text : new String[] {"/", "/a", "/a/", "/ab"}) {
        String pattern =
            switch (tail) {
              case NOTHING -> text;
              case END -> text + "$";
              case REST -> text + ".*";
              case GROUP_REST -> text + "(.*)";
              case SLASH_OR_END -> text + "(/|$)";
              case SLASH_OR_END_GROUP_REST -> text + "(/|$)(.*)";
              case MAYBE_SLASH_GROUP_REST -> text + "/?(.*)";
            };
        PathRegex plain = regex(pattern);
        // The same for an engine, which is all that is left when a group comes first.
        PathRegex engine = regex("(?:" + pattern + ")");
        assertThat(PlainTail.of(LiteralPrefix.of(pattern).rest())).isEqualTo(tail);
        assertThat(plain.groupCount()).isEqualTo(tail.groups());
        assertThat(engine.groupCount()).isEqualTo(tail.groups());
        for (int i = 0; i < 500; i++) {
          StringBuilder path = new StringBuilder();
          for (int k = random.nextInt(5); k >= 0; k--) {
            path.append(parts[random.nextInt(parts.length)]);
          }
          assertSame(plain, engine, path.toString());
        }
      }
    }
  }

  private static void assertSame(PathRegex plain, PathRegex engine, String path) {
    byte[] b = (">" + path + "<").getBytes(StandardCharsets.UTF_8);
    assertThat(plain.matches(b, 1, b.length - 2))
        .as("%s on %s", plain, path)
        .isEqualTo(engine.matches(b, 1, b.length - 2));
    int[] found = new int[6];
    int[] expected = new int[6];
    assertThat(plain.find(b, 1, b.length - 2, found))
        .as("%s in %s", plain, path)
        .isEqualTo(engine.find(b, 1, b.length - 2, expected));
    assertThat(found).as("%s in %s", plain, path).isEqualTo(expected);
  }

  @Test
  void nestedQuantifiersStayLinear() {
    PathRegex regex = regex("/(a+)+$");
    assertThat(regex.isLinear()).isTrue();
    assertThat(matches(regex, "/" + "a".repeat(10_000) + "b")).isFalse();
    assertThat(matches(regex, "/" + "a".repeat(10_000))).isTrue();
  }

  @Test
  void aBacktrackingExpressionHasABudget() {
    PathRegex regex = regex("/(?=a)(a+)+$");
    assertThat(regex.isLinear()).isFalse();
    assertThat(matches(regex, "/aaaa")).isTrue();
    assertThatThrownBy(() -> matches(regex, "/" + "a".repeat(10_000) + "b"))
        .isInstanceOf(RegexTooCostly.class)
        .satisfies(thrown -> assertThat(thrown.getStackTrace()).isEmpty());
    // The budget is that of one match: the next one has its own.
    assertThat(matches(regex, "/aaaa")).isTrue();
  }

  @Test
  void aDeepRecursionOfTheEngineIsCostlyAsWell() throws InterruptedException {
    PathRegex regex = regex("/(?=a)(a|b)*$");
    Thread small =
        new Thread(
            null,
            () ->
                assertThatThrownBy(() -> matches(regex, "/" + "a".repeat(30_000)))
                    .isInstanceOf(RegexTooCostly.class),
            "small",
            256 * 1024);
    Throwable[] thrown = new Throwable[1];
    small.setUncaughtExceptionHandler((_, e) -> thrown[0] = e);
    small.start();
    small.join();
    assertThat(thrown[0]).isNull();
  }
}
