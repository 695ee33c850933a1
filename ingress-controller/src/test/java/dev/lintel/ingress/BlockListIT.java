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
import org.junit.jupiter.params.provider.ValueSource;

/// Whom the whole controller refuses. Clients are 127.0.0.1 and 127.0.0.2.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class BlockListIT {
  private static final String CONFIG =
      IngressSite.config(
          "block-cidrs: 127.0.0.2",
          "block-user-agents: 'BadBot/1.0, ~*sqlmap, ~^Exact, \"\"'",
          "block-referers: '~*://([^/]+\\.)?spam\\.example'");
  private static final String BLOCKED = "--interface 127.0.0.2";

  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    site =
        IngressSite.start(
            folder,
            CONFIG,
            IngressSite.USERS,
            IngressSite.ingress("open.test"),
            IngressSite.ingress("list.test", "allowlist-source-range: 127.0.0.0/8"),
            IngressSite.ingress("deny.test", "denylist-source-range: 10.0.0.0/8"),
            IngressSite.ingress(
                "any.test",
                "allowlist-source-range: 127.0.0.0/8",
                "auth-type: basic",
                "auth-secret: users",
                "satisfy: any"),
            IngressSite.ingress("moved.test", "permanent-redirect: https://new.test/"),
            IngressSite.ingress("shop.test", "from-to-www-redirect: true"),
            IngressSite.ingress("root.test", "app-root: /app"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "open.test",
        "list.test",
        "deny.test",
        "any.test",
        "moved.test",
        "www.shop.test",
        "root.test",
        "nobody.test"
      })
  void addressesAreRefusedWhateverTheRouteSays(String host) throws Exception {
    assertThat(site.status(host, "/", BLOCKED)).isEqualTo("403");
    assertThat(site.status(host, "/", BLOCKED + " -u demo:lintel")).isEqualTo("403");
    assertThat(site.status(host, "/", "-A sqlmap/1")).isEqualTo("403");
    assertThat(site.status(host, "/", "")).isIn("200", "301", "302", "308", "404");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A BadBot/1.0",
        "-A badbot/1.0",
        "-A 'my SQLMap/2'",
        "-A 'Exactly'",
        "-A ''",
        "-A fine -H 'User-Agent: BadBot/1.0'",
        "-H 'User-Agent: fine' -H 'user-agent: sqlmap'",
        "-e http://www.spam.example/a",
        "-e https://SPAM.example",
        "-e fine -H 'Referer: http://spam.example'"
      })
  void whatTheListsNameIsRefused(String curl) throws Exception {
    assertThat(site.answer("open.test", "/", curl)).contains("403 Forbidden");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A BadBot/1.0.1",
        "-A 'not Exactly'",
        "-e http://notspam.example/",
        "-e http://example.test/?spam",
        "-H 'X-User-Agent: sqlmap'"
      })
  void everybodyElseIsServed(String curl) throws Exception {
    assertThat(site.status("open.test", "/", curl)).isEqualTo("200");
  }

  /// Arguments of curl for a page that is open to everybody else.
  private String http2(String more) {
    return "--http2-prior-knowledge "
        + more
        + " -H 'Host: open.test' http://127.0.0.1:"
        + site.httpPort()
        + "/";
  }

  @Test
  void http2IsJudgedAlike() throws Exception {
    assertThat(Shell.status(http2("-A sqlmap"))).isEqualTo("403");
    assertThat(Shell.status(http2(BLOCKED))).isEqualTo("403");
    assertThat(Shell.status(http2(""))).isEqualTo("200");
  }

  /// Some curls take a reset that comes while they send for the end, and forget the answer.
  @Test
  void anUploadOverHttp2SeesItsRefusal() throws Exception {
    String uploads =
        Shell.run(
            "seq 80 | xargs -P 8 -I{} curl -s -m 20 -o /dev/null -w '%{http_code}\\n' "
                + http2("-A sqlmap -d body")
                + "{} | sort | uniq -c");
    assertThat(uploads.strip()).isEqualTo("80 403");
  }
}
