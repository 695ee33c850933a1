package dev.lintel.ingress.feature.externalauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.Form;
import dev.lintel.ingress.feature.Grammar;
import dev.lintel.ingress.feature.Grammar.Reading;
import dev.lintel.ingress.feature.Line;
import dev.lintel.ingress.feature.SideUrl;
import dev.lintel.ingress.feature.TemplateGrammar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be written for external authentication, and what it means.
class AuthTextsTest {
  private static <T> T value(Grammar<T> grammar, String text) {
    return switch (grammar.read(text)) {
      case Reading.Value<T>(T value) -> value;
      case Reading.Fault<T>(String found, String expected) ->
          throw new AssertionError(text + " " + found + " (expected: " + expected + ")");
    };
  }

  private static boolean isRefused(Grammar<?> grammar, String text) {
    return grammar.read(text) instanceof Reading.Fault<?>;
  }

  @Test
  void aUrlNamesWhoIsAskedAndWhat() {
    assertThat(value(new SideUrl.Spelling("/"), "http://auth.default.svc.cluster.local"))
        .isEqualTo(new SideUrl(false, "auth.default.svc.cluster.local", 80, "/"));
    assertThat(value(new SideUrl.Spelling("/"), "https://Auth.Test/oauth2/auth?a=$request_uri"))
        .isEqualTo(new SideUrl(true, "auth.test", 443, "/oauth2/auth?a=$request_uri"));
    assertThat(value(new SideUrl.Spelling("/"), "http://[FD00::1]:4180?x"))
        .isEqualTo(new SideUrl(false, "fd00::1", 4180, "/?x"));
    assertThat(value(new SideUrl.Spelling("/"), "http://10.0.0.1:4180/%2f,a"))
        .isEqualTo(new SideUrl(false, "10.0.0.1", 4180, "/%2f,a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "auth.default.svc/check",
        "ftp://auth/",
        "//auth/",
        "http://",
        "http:///check",
        "http://user@auth/",
        "http://user:secret@auth/",
        "http://auth:0/",
        "http://auth:65536/",
        "http://auth:8x/",
        "http://a..b/",
        "http://-a/",
        "http://auth/a b",
        "http://auth/a#b",
        "http://auth/#;\n}",
        "http://auth/\"; }",
        "http://auth/a\r\nHost: b",
        "http://auth/\u00e9",
        "http://auth/$nothing_like_that",
        "http://auth/$",
        "http://auth/${",
        "http://$cookie_host/",
        "http://auth.$http_x/",
        "http://$request_uri/"
      })
  void whatIsNoUrlIsRefused(String text) {
    assertThat(isRefused(new SideUrl.Spelling("/"), text)).isTrue();
  }

  @Test
  void theHostMayBeTheOneAskedForWhereTheRouteHasOne() {
    for (String text :
        List.of(
            "https://$host/oauth2/auth",
            "https://${host}/oauth2/auth",
            "https://$http_host/oauth2/auth",
            "https://$best_http_host/oauth2/auth")) {
      SideUrl url = value(new SideUrl.Spelling("/"), text);
      assertThat(url.host("shop.test")).isEqualTo(Optional.of("shop.test"));
      assertThat(url.host("*.test")).isEmpty();
      assertThat(url.host("")).isEmpty();
    }
    SideUrl part = value(new SideUrl.Spelling("/"), "https://auth.$host:8443/");
    assertThat(part.host("shop.test")).isEqualTo(Optional.of("auth.shop.test"));
    assertThat(value(new SideUrl.Spelling("/"), "http://auth/").host(""))
        .isEqualTo(Optional.of("auth"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.test",
        "https://login.test/start?rd=$escaped_request_uri",
        "https://$host/oauth2/start?rd=$scheme://$http_host$request_uri",
        "$scheme://$host/start",
        "/login?x"
      })
  void aClientIsSentToAPage(String text) {
    assertThat(value(TemplateGrammar.ADDRESS, text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.test/",
        "/\\evil.test/",
        "/$request_uri",
        "$request_uri",
        "login",
        "javascript:alert(1)",
        "https://login.test/\r\nSet-Cookie: a",
        "https://login.test/a b",
        "https://login.test/$nobody"
      })
  void butNowhereElse(String text) {
    assertThat(isRefused(TemplateGrammar.ADDRESS, text)).isTrue();
  }

  @Test
  void aTextHoldsNotTooManyVariables() {
    assertThat(isRefused(TemplateGrammar.KEY, "$uri".repeat(16))).isFalse();
    assertThat(isRefused(TemplateGrammar.KEY, "$uri".repeat(17))).isTrue();
  }

  @Test
  void theWayBackIsAddedOnce() {
    String back = "rd=$scheme://$http_host$escaped_request_uri";
    assertThat(AuthFilter.withWayBack("https://a.test/s", "rd"))
        .isEqualTo("https://a.test/s?" + back);
    assertThat(AuthFilter.withWayBack("https://a.test/s?", "rd"))
        .isEqualTo("https://a.test/s?" + back);
    assertThat(AuthFilter.withWayBack("https://a.test/s?a=b", "rd"))
        .isEqualTo("https://a.test/s?a=b&" + back);
    assertThat(AuthFilter.withWayBack("https://a.test/s?ard=b&rd=", "rd"))
        .isEqualTo("https://a.test/s?ard=b&rd=&" + back);
    assertThat(AuthFilter.withWayBack("https://a.test/s?a=b&rd=/", "rd"))
        .isEqualTo("https://a.test/s?a=b&rd=/");
  }

  @Test
  void durationsAreByStatus() {
    assertThat(value(new CacheTimes.Spelling(), "200 202 401 5m")).isEqualTo(CacheTimes.USUAL);
    assertThat(value(new CacheTimes.Spelling(), "10m, 401 1h,, 403 2d").seconds())
        .isEqualTo(Map.of(200, 600L, 401, 3_600L, 403, 172_800L));
    assertThat(value(new CacheTimes.Spelling(), "200 1s, 200 5m").seconds())
        .as("the first one counts")
        .isEqualTo(Map.of(200, 1L));
    assertThat(value(new CacheTimes.Spelling(), "200 999999999y").seconds().get(200))
        .isEqualTo(365 * 86_400L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {",", "200", "200 soon", "5", "600 5m", "20 5m", "200 5 m", "any 5m", "-1s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThat(isRefused(new CacheTimes.Spelling(), text)).isTrue();
  }

  @Test
  void anAnswerMaySayItselfHowLongItCounts() {
    assertThat(Freshness.maxAge("max-age=60")).isEqualTo(60);
    assertThat(Freshness.maxAge("public, Max-Age=60, s-maxage=\"30\"")).isEqualTo(30);
    assertThat(Freshness.maxAge("public")).isNegative();
    for (String never :
        List.of("no-store", "max-age=60, private", "no-cache=\"X\"", "max-age=0", "max-age=x")) {
      assertThat(Freshness.maxAge(never)).as(never).isZero();
    }
  }

  @Test
  void valuesStandInTheirPlaceAndNowhereElse() {
    byte[] bytes = "a /?&\r\n\u00e9$~".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(written(bytes, Form.FIELD)).isEqualTo("a /?&%0D%0A\u00e9$~");
    assertThat(written(bytes, Form.TARGET)).isEqualTo("a%20/?&%0D%0A%E9$~");
    assertThat(written(bytes, Form.COMPONENT)).isEqualTo("a%20%2F%3F%26%0D%0A%E9%24~");
  }

  private static String written(byte[] bytes, Form form) {
    Line line = new Line();
    line.add(bytes, 0, bytes.length, form);
    return new String(line.toBytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void everySpellingOfAFieldIsTakenOut() {
    assertThat(AnsweredFields.aliases(List.of("X-User"))).containsExactlyInAnyOrder("X_User");
    assertThat(AnsweredFields.aliases(List.of("X-Auth-User")))
        .containsExactlyInAnyOrder("X_Auth-User", "X-Auth_User", "X_Auth_User");
    assertThat(AnsweredFields.aliases(List.of("X_User"))).containsExactly("X-User");
    assertThat(AnsweredFields.aliases(List.of("a-b-c-d-e-f-g-h")))
        .containsExactly("a_b_c_d_e_f_g_h");
  }

  @Test
  void cookiesGoWithTheStatusesOfNginx() {
    for (int status : new int[] {200, 201, 204, 206, 301, 302, 303, 304, 307, 308}) {
      assertThat(AnsweredCookies.carriesFields(status)).isTrue();
    }
    for (int status : new int[] {202, 300, 305, 400, 401, 403, 404, 500, 503}) {
      assertThat(AnsweredCookies.carriesFields(status)).isFalse();
    }
  }
}
