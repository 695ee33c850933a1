package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What browsers are told about other origins.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class CorsIT {
  private static final String SHOP = "-H 'Origin: https://shop.test'";
  private static final String EVIL = "-H 'Origin: https://shop.test.evil.test'";
  private static final String PREFLIGHT = " -X OPTIONS -H 'Access-Control-Request-Method: PUT' ";

  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    site =
        IngressSite.start(
            folder,
            IngressSite.ingress("any.test", "enable-cors: true"),
            IngressSite.ingress(
                "listed.test",
                "enable-cors: true",
                "cors-allow-origin: https://shop.test, https://*.apps.test",
                "cors-expose-headers: X-One, X-Two",
                "cors-allow-credentials: false",
                "cors-max-age: 600"),
            IngressSite.ingress(
                "guarded.test",
                "enable-cors: true",
                "cors-allow-origin: https://shop.test",
                "denylist-source-range: 127.0.0.0/8"),
            IngressSite.ingress(
                "moved.test", "enable-cors: true", "permanent-redirect: https://new.test"),
            IngressSite.ingress(
                "bad.test",
                "enable-cors: true",
                "cors-allow-origin: https://a.test;https://b.test"),
            IngressSite.ingress("off.test", "cors-allow-origin: https://shop.test"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @Test
  void withoutAListAnyOriginMayRead() throws Exception {
    String usual = "GET, PUT, POST, DELETE, PATCH, OPTIONS";
    assertThat(site.answer("any.test", "/", ""))
        .startsWith("HTTP/1.1 200")
        .contains(
            "Access-Control-Allow-Origin: *\r\n",
            "Access-Control-Allow-Credentials: true\r\n",
            "Access-Control-Allow-Methods: " + usual + "\r\n",
            "Access-Control-Allow-Headers: DNT,Keep-Alive,User-Agent,",
            "Access-Control-Max-Age: 1728000\r\n")
        .doesNotContain("Access-Control-Expose", "Vary:");
    assertThat(site.answer("any.test", "/", PREFLIGHT))
        .startsWith("HTTP/1.1 204")
        .contains("Access-Control-Allow-Origin: *\r\n", "Content-Type: text/plain")
        .doesNotContain("answered by");
  }

  @Test
  void aListedOriginIsNamed() throws Exception {
    assertThat(site.answer("listed.test", "/", SHOP))
        .startsWith("HTTP/1.1 200")
        .contains(
            "Access-Control-Allow-Origin: https://shop.test\r\n",
            "Access-Control-Expose-Headers: X-One, X-Two\r\n",
            "Access-Control-Max-Age: 600\r\n",
            "Vary: Origin\r\n")
        .doesNotContain("Credentials");
    assertThat(site.answer("listed.test", "/", "-H 'Origin: https://a.apps.test'"))
        .contains("Access-Control-Allow-Origin: https://a.apps.test\r\n");
    assertThat(site.answer("listed.test", "/", SHOP + PREFLIGHT)).startsWith("HTTP/1.1 204");
  }

  @Test
  void anotherOriginGetsTheAnswerWithoutAWordOfIt() throws Exception {
    for (String origin :
        new String[] {EVIL, "", "-H 'Origin: https://evil.test/.apps.test'", "-H 'Origin: null'"}) {
      assertThat(site.answer("listed.test", "/", origin))
          .startsWith("HTTP/1.1 200")
          .contains("Vary: Origin\r\n")
          .doesNotContain("Access-Control-");
    }
    assertThat(site.answer("listed.test", "/", EVIL + PREFLIGHT))
        .as("the upstream may say what it thinks of it")
        .contains("answered by web", "OPTIONS /");
  }

  @Test
  void preflightRequestsPassGuardsAndRedirects() throws Exception {
    assertThat(site.status("guarded.test", "/", SHOP + PREFLIGHT)).isEqualTo("204");
    assertThat(site.status("guarded.test", "/", EVIL + PREFLIGHT)).isEqualTo("403");
    assertThat(site.status("moved.test", "/", PREFLIGHT)).isEqualTo("204");
  }

  @Test
  void refusalsCarryTheFieldsToo() throws Exception {
    assertThat(site.answer("guarded.test", "/", SHOP))
        .startsWith("HTTP/1.1 403")
        .contains("Access-Control-Allow-Origin: https://shop.test\r\n");
    assertThat(site.answer("moved.test", "/", SHOP))
        .startsWith("HTTP/1.1 301")
        .contains("Access-Control-Allow-Origin: *\r\n");
  }

  @Test
  void aListThatCannotBeReadIsNotAnyOrigin() throws Exception {
    assertThat(site.answer("bad.test", "/", SHOP))
        .startsWith("HTTP/1.1 503")
        .doesNotContain("Access-Control-");
    assertThat(site.status("bad.test", "/", PREFLIGHT)).isEqualTo("503");
  }

  @Test
  void detailsAloneSwitchNothingOn() throws Exception {
    assertThat(site.answer("off.test", "/", SHOP)).doesNotContain("Access-Control-", "Vary:");
  }

  @Test
  void http2IsToldTheSame() throws Exception {
    String url = " http://127.0.0.1:" + site.httpPort() + "/";
    assertThat(
            Shell.answer(
                "--http2-prior-knowledge -H 'Host: listed.test' " + SHOP + PREFLIGHT + url))
        .startsWith("HTTP/2 204")
        .contains("access-control-allow-origin: https://shop.test\r\n");
  }
}
