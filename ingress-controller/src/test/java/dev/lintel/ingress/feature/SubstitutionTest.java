package dev.lintel.ingress.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.Substitution.Plain;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstitutionTest {
  private static final String SAME = "(same)";

  @ParameterizedTest
  @CsvSource({
    "/app/, /, /app/x?y=/app/, /x?y=/app/",
    "/app/, /, /APP/x, (same)",
    "/app/, /, /app, (same)",
    "http://10.0.0.7:80/, $scheme://$host/, http://10.0.0.7:80/login, https://a.test/login",
    "~^http://[^/]+/(.*)$, https://new.test/$1, http://old.test/x, https://new.test/x",
    "~old, new, http://old.test/x, new",
    "~old, new, http://OLD.test/x, (same)",
    "~*old, new, http://OLD.test/x, new",
    "'~^/u/(\\d+)/([a-z]+)$', /$2/$1, /u/7/cart, /cart/7",
    "~^/(a)?(b), /$1$2$1, /b, /b",
    "~^/(.*)$, /$1x$host, /y, /yxa.test"
  })
  void theBeginningOrAllOfAValueIsReplaced(String from, String to, String value, String becomes) {
    assertThat(applied(from, to, Plain.PREFIX, value)).isEqualTo(becomes);
  }

  @ParameterizedTest
  @CsvSource({
    "internal.test, shop.test, internal.test, shop.test",
    "internal.test, shop.test, .Internal.Test, shop.test",
    ".internal.test, shop.test, internal.test, shop.test",
    "internal.test, shop.test, a.internal.test, (same)",
    "~^(\\w+)\\.internal, $1.shop.test, API.internal.test, API.shop.test"
  })
  void namesAreComparedAsAWhole(String from, String to, String value, String becomes) {
    assertThat(applied(from, to, Plain.NAME, value)).isEqualTo(becomes);
  }

  @ParameterizedTest
  @CsvSource({
    "/, $1, names $1",
    "~^/(.*)$, $2, names $2",
    "/, $arg_x, names $arg_x",
    "/, a$, names $",
    "http://$host/, /, has a variable",
    "~^/(, /, is no regular expression",
    "~^/(?=x), /, needs an expression that backtracks"
  })
  void whatCannotBeReplacedIsRefused(String from, String to, String found) {
    assertThat(Substitution.of(from, to, Plain.PREFIX))
        .isInstanceOfSatisfying(
            Substitution.Refused.class, refused -> assertThat(refused.found()).startsWith(found));
  }

  @Test
  void aLongValueTakesTimeInProportion() {
    String value = "a".repeat(60_000) + "!";

    assertThat(applied("~(a*)*b", "x", Plain.PREFIX, value)).isEqualTo(SAME);
  }

  private static String applied(String from, String to, Plain plain, String value) {
    if (!(Substitution.of(from, to, plain) instanceof Substitution.Made(Substitution made))) {
      throw new AssertionError(from + " was refused");
    }
    byte[] bytes = ("<" + value + ">").getBytes(StandardCharsets.ISO_8859_1);
    byte @Nullable [] becomes = made.apply(true, Slice.of("a.test"), bytes, 1, bytes.length - 2);
    return becomes == null ? SAME : new String(becomes, StandardCharsets.ISO_8859_1);
  }
}
