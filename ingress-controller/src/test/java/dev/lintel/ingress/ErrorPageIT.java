package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pages of a default backend in place of errors. The upstream answers with the status at the end
/// of the path; the default backend answers everything with 200, so that a status that stays is
/// seen.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ErrorPageIT {
  private static final String PAGES = "default-backend: pages";
  private static final String CODES = "custom-http-errors: 401,403,404,500,502,503,504";
  private static final String PAGE = "page by pages";

  private StatusBackend upstream;
  private StatusBackend pages;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    upstream = new StatusBackend("upstream", 200);
    pages = new StatusBackend("pages", 200);
    site =
        IngressSite.start(
            folder,
            IngressSite.USERS,
            IngressSite.service("odd", upstream.port(), "127.0.0.1"),
            IngressSite.service("pages", pages.port(), "127.0.0.1"),
            IngressSite.service("closed", 1, "127.0.0.1"),
            IngressSite.service("nobody", 1),
            IngressSite.ingressTo("odd", "all.test", PAGES, CODES),
            IngressSite.ingressTo(
                "odd", "own.test", PAGES, CODES, "disable-proxy-intercept-errors: true"),
            IngressSite.ingressTo("odd", "none.test", PAGES),
            IngressSite.ingressTo("closed", "dead.test", PAGES, CODES),
            IngressSite.ingressTo("nobody", "empty.test", PAGES),
            IngressSite.ingressTo(
                "nobody", "guarded.test", PAGES, "denylist-source-range: 127.0.0.2"),
            IngressSite.ingressTo(
                "odd", "list.test", PAGES, CODES, "denylist-source-range: 127.0.0.1"),
            IngressSite.ingressTo(
                "odd", "users.test", PAGES, CODES, "auth-type: basic", "auth-secret: users"),
            IngressSite.ingressTo(
                "odd", "slow.test", PAGES, CODES, "limit-rps: 1", "limit-burst-multiplier: 1"),
            IngressSite.ingressTo(
                "odd", "shut.test", PAGES, CODES, "denylist-source-range: office"),
            IngressSite.ingressTo(
                "odd", "asked.test", PAGES, CODES, "auth-url: http://closed.default.svc/"),
            IngressSite.ingressTo(
                "odd", "refused.test", PAGES, CODES, "auth-url: http://odd.default.svc/401"),
            IngressSite.ingressTo("odd", "lost.test", "default-backend: closed", CODES));
  }

  @AfterAll
  void stop() {
    site.close();
    upstream.close();
    pages.close();
  }

  @Test
  void answersOfTheUpstreamAreReplaced() throws Exception {
    String client =
        "-H 'Accept: text/html' -H 'X-Code: 1' -H 'X-Request-ID: mine' -H 'Range: bytes=0-1'"
            + " -H 'X-Original-URI: /forged' -u demo:secret -d body";
    assertThat(site.answer("all.test", "/a%20b/404?c=d", client))
        .startsWith("HTTP/1.1 200")
        .contains(PAGE, "GET /\n", "X-code: 404\n", "X-format: text/html\n")
        .contains("X-original-uri: /a%20b/404?c=d\n", "X-request-id: mine\n")
        .contains("X-namespace: default\n", "X-ingress-name: all.test\n")
        .contains("X-service-name: odd\n", "X-service-port: 80\n", "Host: all.test\n")
        .contains("X-forwarded-for: 127.0.0.1\n")
        .doesNotContain("upstream", "forged", "Range:", "Authorization:", "Content-length: 4\n");
  }

  @ParameterizedTest
  @CsvSource({
    "all.test, /500, 200, pages",
    "all.test, /418, 418, upstream",
    "all.test, /200, 200, upstream",
    "own.test, /404, 404, upstream",
    "none.test, /404, 404, upstream",
    "dead.test, /, 200, pages"
  })
  void onlyWhatIsAskedForIsReplaced(String host, String path, String status, String by)
      throws Exception {
    String answer = site.answer(host, path, "");
    assertThat(answer).startsWith("HTTP/1.1 " + status).contains("page by " + by);
  }

  @Test
  void whatRefusesARequestStaysARefusal() throws Exception {
    assertThat(site.answer("list.test", "/", "")).startsWith("HTTP/1.1 403").contains(PAGE);
    assertThat(site.answer("users.test", "/", ""))
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("WWW-Authenticate: Basic")
        .contains(PAGE, "X-code: 401\n");
    assertThat(site.answer("users.test", "/", "-u demo:wrong")).startsWith("HTTP/1.1 401");
    assertThat(site.answer("users.test", "/", "-u demo:lintel"))
        .startsWith("HTTP/1.1 200")
        .contains("page by upstream");
    assertThat(site.answer("shut.test", "/", "")).startsWith("HTTP/1.1 503").contains(PAGE);
    assertThat(site.answer("asked.test", "/", "")).startsWith("HTTP/1.1 500").contains(PAGE);
    assertThat(site.answer("refused.test", "/", "")).startsWith("HTTP/1.1 401").contains(PAGE);
    for (int i = 0; i < 4; i++) {
      site.status("slow.test", "/", "");
    }
    assertThat(site.answer("slow.test", "/", "")).startsWith("HTTP/1.1 503").contains(PAGE);
  }

  @Test
  void theDefaultBackendStandsInForAServiceWithoutEndpoints() throws Exception {
    assertThat(site.answer("empty.test", "/a?b=c", "-d body -H 'X-Code: 1' -H 'Accept: text/css'"))
        .startsWith("HTTP/1.1 200")
        .contains(PAGE, "POST /a?b=c\n", "X-code: 503\n", "X-format: text/css\n")
        .contains(
            "X-ingress-name: empty.test\n", "X-service-name: nobody\n", "Content-length: 4\n");
    assertThat(site.status("guarded.test", "/", "")).isEqualTo("200");
    assertThat(site.status("guarded.test", "/", "--interface 127.0.0.2")).isEqualTo("403");
  }

  @Test
  void withoutAPageTheAnswerIsWhatItWouldHaveBeen() throws Exception {
    assertThat(site.answer("lost.test", "/404", ""))
        .startsWith("HTTP/1.1 404")
        .contains("404 Not Found")
        .doesNotContain("page by");
  }

  @Test
  void largeAnswersAreReplacedByLargePages() throws Exception {
    String large = "-H 'X-Large: yes' -o /dev/null -w '%{http_code} %{size_download}' -s -m 20 ";
    String url = "-H 'Host: all.test' 'http://127.0.0.1:" + site.httpPort() + "/404'";
    for (String version : new String[] {"--http1.1 ", "--http2-prior-knowledge "}) {
      String[] seen = Shell.run("curl " + large + version + url).split(" ");
      assertThat(seen[0]).as(version).isEqualTo("200");
      assertThat(Integer.parseInt(seen[1])).as(version).isGreaterThan(StatusBackend.LARGE);
    }
  }

  @Test
  void connectionsGoOnBehindAPage() throws Exception {
    String url = "'http://127.0.0.1:" + site.httpPort();
    String each = "-s -m 20 --http1.1 -o /dev/null -w '%{http_code}:%{num_connects} ' ";
    String host = "-H 'Host: all.test' ";
    String large = "-d @<(head -c 100000 /dev/zero | tr '\\0' a) ";
    assertThat(
            Shell.run(
                ("curl " + each + host + url + "/404' --next ")
                    + (each + host + large + url + "/404' --next ")
                    + (each + host + "-I " + url + "/404' --next ")
                    + (each + host + url + "/200'")))
        .isEqualTo("200:1 200:0 200:0 200:0 ");
  }

  @Test
  void http2GetsThePagesAlike() throws Exception {
    String url = " http://127.0.0.1:" + site.httpPort();
    assertThat(Shell.answer("--http2-prior-knowledge -H 'Host: all.test'" + url + "/404"))
        .startsWith("HTTP/2 200")
        .contains(PAGE, "X-code: 404\n");
    assertThat(Shell.answer("--http2-prior-knowledge -H 'Host: list.test'" + url + "/"))
        .startsWith("HTTP/2 403")
        .contains(PAGE);
  }
}
