package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who the client is, by the word of a proxy in front. 127.0.0.1 is a trusted one, 127.0.0.2 is
/// not.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class ForwardedIT {
  private static final String STRANGER = " --interface 127.0.0.2";
  private static final Duration WRITTEN = Duration.ofSeconds(10);

  private Path log;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder, @TempDir Path logs) throws Exception {
    log = logs.resolve("access.log");
    site =
        IngressSite.startLogging(
            folder,
            log.toString(),
            IngressSite.config(
                "use-forwarded-headers: 'true'",
                "proxy-real-ip-cidr: 127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48"),
            IngressSite.ingress("open.test"),
            IngressSite.ingress("list.test", "allowlist-source-range: 203.0.113.0/24"),
            IngressSite.ingress("safe.test", "force-ssl-redirect: true"),
            IngressSite.ingress("root.test", "app-root: /app"),
            IngressSite.ingress("vhost.test", "upstream-vhost: inner.test"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7|203.0.113.7",
        "6.6.6.6, 203.0.113.7|203.0.113.7",
        "6.6.6.6, 203.0.113.7, 10.1.2.3|203.0.113.7",
        "10.1.2.4, 10.1.2.3|10.1.2.4",
        "203.0.113.7:1234, 10.1.2.3:80|203.0.113.7",
        "2001:db8:2::7, 2001:db8:1::1|2001:db8:2:0:0:0:0:7",
        "[2001:db8:2::7]:443, [2001:db8:1::1]|2001:db8:2:0:0:0:0:7",
        "::ffff:203.0.113.7|203.0.113.7",
        "203.0.113.7, nobody, 10.1.2.3|10.1.2.3",
        "203.0.113.7, 10.1|127.0.0.1",
        "203.0.113.7,|127.0.0.1",
        "unknown|127.0.0.1",
        "300.1.1.1|127.0.0.1"
      })
  void theClientIsTheLastOfTheListThatIsNoProxy(String list, String client) throws Exception {
    String field = "-H 'X-Forwarded-For: " + list + "'";
    assertThat(site.answer("open.test", "/", field))
        .contains("X-real-ip: " + client + "\n", "X-forwarded-for: " + client + "\n")
        .contains("X-original-forwarded-for: " + list + "\n");
    assertThat(site.answer("open.test", "/", field + STRANGER))
        .contains("X-real-ip: 127.0.0.2\n", "X-forwarded-for: 127.0.0.2\n");
  }

  @Test
  void severalFieldsAreOneList() throws Exception {
    assertThat(
            site.answer(
                "open.test",
                "/",
                "-H 'X-Forwarded-For: 6.6.6.6' -H 'x-forwarded-for: 203.0.113.7, 10.0.0.1'"))
        .contains("X-real-ip: 203.0.113.7\n");
  }

  @Test
  void nobodyTakesTheListAway() throws Exception {
    assertThat(
            site.answer(
                "open.test",
                "/",
                "-H 'X-Forwarded-For: 203.0.113.7' -H 'Connection: X-Forwarded-For'"))
        .contains("X-real-ip: 203.0.113.7\n");
  }

  @Test
  void guardsJudgeTheClientAndNobodyMakesOneUp() throws Exception {
    String from = "-H 'X-Forwarded-For: 203.0.113.7'";
    assertThat(site.status("list.test", "/", from)).isEqualTo("200");
    assertThat(site.status("list.test", "/", "-H 'X-Forwarded-For: 198.51.100.7'"))
        .isEqualTo("403");
    assertThat(site.status("list.test", "/", "")).isEqualTo("403");
    assertThat(site.status("list.test", "/", from + STRANGER)).isEqualTo("403");
    assertThat(site.status("list.test", "/", "-H 'X-Real-IP: 203.0.113.7'")).isEqualTo("403");
    assertThat(site.status("list.test", "/", "-H 'X-Forwarded-For: 203.0.113.7, 198.51.100.7'"))
        .isEqualTo("403");
  }

  @Test
  void theSchemeIsThatOfTheProxyInFront() throws Exception {
    String https = "-H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Port: 8443'";
    assertThat(site.answer("safe.test", "/", https))
        .startsWith("HTTP/1.1 200")
        .contains("X-forwarded-proto: https\n", "X-forwarded-port: 8443\n", "X-scheme: https\n");
    assertThat(site.status("safe.test", "/", "-H 'X-Forwarded-Proto: http'")).isEqualTo("308");
    assertThat(site.status("safe.test", "/", https + STRANGER)).isEqualTo("308");
    assertThat(site.answer("open.test", "/", "-H 'X-Forwarded-Proto: gopher'"))
        .contains("X-forwarded-proto: http\n");
    assertThat(site.answer("root.test", "/", https))
        .contains("Location: https://root.test/app\r\n");
  }

  @Test
  void theHostIsThatOfTheProxyInFrontButForTheRoute() throws Exception {
    String host = "-H 'X-Forwarded-Host: shop.example:8443, other.example'";
    assertThat(site.answer("open.test", "/", host))
        .contains("Host: shop.example:8443\n", "X-forwarded-host: shop.example:8443\n")
        .doesNotContain("Host: open.test\n");
    assertThat(site.answer("open.test", "/", host + STRANGER))
        .contains("Host: open.test\n", "X-forwarded-host: open.test\n");
    assertThat(site.answer("safe.test", "/a", host))
        .contains("Location: https://shop.example/a\r\n");
    assertThat(site.answer("open.test", "/", "-H 'X-Forwarded-Host: a/b'"))
        .contains("Host: open.test\n");
    assertThat(site.answer("vhost.test", "/", host))
        .contains("Host: inner.test\n", "X-forwarded-host: shop.example:8443\n");
  }

  @Test
  void http2IsTakenAtItsWordAlike() throws Exception {
    String url = " -H 'Host: list.test' http://127.0.0.1:" + site.httpPort() + "/";
    String from = "--http2-prior-knowledge -H 'X-Forwarded-For: 203.0.113.7'";
    assertThat(Shell.status(from + url)).isEqualTo("200");
    assertThat(Shell.status(from + STRANGER + url)).isEqualTo("403");
  }

  @Test
  void aWordCountsForOneRequestAlone() throws Exception {
    String url = "'http://127.0.0.1:" + site.httpPort() + "/'";
    String each = "-s -m 20 --http1.1 -o /dev/null -w '%{http_code}:%{num_connects} ' ";
    String host = "-H 'Host: list.test' ";
    String from = "-H 'X-Forwarded-For: 203.0.113.7' ";
    assertThat(
            Shell.run(
                ("curl " + each + host + from + url + " --next ")
                    + (each + host + url + " --next ")
                    + (each + host + from + url)))
        .isEqualTo("200:1 403:0 200:0 ");
  }

  @Test
  void theLogNamesTheClient() throws Exception {
    site.status("open.test", "/who", "-H 'X-Forwarded-For: 203.0.113.99'");
    long until = System.nanoTime() + WRITTEN.toNanos();
    while (!Files.readString(log).contains("/who") && System.nanoTime() < until) {
      Thread.sleep(20);
    }
    assertThat(Files.readString(log)).containsPattern("(?m)^203\\.0\\.113\\.99 - .*/who");
  }

  @Test
  void theAddressAloneMayBeTaken(@TempDir Path folder) throws Exception {
    try (IngressSite other =
        IngressSite.start(
            folder,
            IngressSite.config("enable-real-ip: 'true'", "forwarded-for-header: X-Client"),
            IngressSite.ingress("open.test"))) {
      String said =
          "-H 'X-Client: 203.0.113.7' -H 'X-Forwarded-For: 6.6.6.6' -H 'X-Forwarded-Proto: https'"
              + " -H 'X-Forwarded-Host: evil.example'";
      assertThat(other.answer("open.test", "/", said + STRANGER))
          .contains("X-real-ip: 203.0.113.7\n", "X-forwarded-for: 203.0.113.7\n")
          .contains("X-forwarded-proto: http\n", "X-forwarded-host: open.test\n")
          .doesNotContain("evil.example");
    }
  }

  @Test
  void upstreamsMayGetTheWholeList(@TempDir Path folder) throws Exception {
    try (IngressSite other =
        IngressSite.start(
            folder,
            IngressSite.config(
                "use-forwarded-headers: 'true'", "compute-full-forwarded-for: 'true'"),
            IngressSite.ingress("open.test"))) {
      assertThat(other.answer("open.test", "/", "-H 'X-Forwarded-For: 6.6.6.6, 203.0.113.7'"))
          .contains("X-real-ip: 6.6.6.6\n")
          .contains("X-forwarded-for: 6.6.6.6, 203.0.113.7, 127.0.0.1\n");
      assertThat(other.answer("open.test", "/", ""))
          .contains("X-real-ip: 127.0.0.1\n", "X-forwarded-for: 127.0.0.1\n");
    }
  }
}
