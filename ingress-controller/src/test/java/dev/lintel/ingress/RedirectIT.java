package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Where clients are sent by annotations, and that nothing else decides where.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class RedirectIT {
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    site =
        IngressSite.start(
            folder,
            IngressSite.ingress("moved.test", "permanent-redirect: https://new.test/a?b=c"),
            IngressSite.ingress(
                "kept.test",
                "permanent-redirect: https://new.test",
                "permanent-redirect-code: 308",
                "allowlist-source-range: 127.0.0.2"),
            IngressSite.ingress(
                "both.test",
                "permanent-redirect: https://forever.test",
                "temporal-redirect: https://today.test"),
            IngressSite.ingress("path.test", "permanent-redirect: /next/door"),
            IngressSite.ingress("bad.test", "permanent-redirect: //new.test/"),
            IngressSite.ingress("root.test", "app-root: /app/start"),
            IngressSite.ingress(
                "relative.test", "permanent-redirect: /next/door", "relative-redirects: true"),
            IngressSite.ingress("home.test", "app-root: /home", "relative-redirects: true"),
            IngressSite.ingress("slash.test", "relative-redirects: true")
                .replace("path: /,", "path: /in/,"),
            IngressSite.ingress("shop.test", "from-to-www-redirect: true"),
            IngressSite.ingress("www.blog.test", "from-to-www-redirect: true"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private String location(String host, String path, String curl) throws Exception {
    return site.answer(host, path, curl + " -o /dev/null -w '\\n%{http_code} %{redirect_url}'")
        .strip();
  }

  @Test
  void theTargetIsSentAsItStands() throws Exception {
    assertThat(location("moved.test", "/x?y=z", "")).isEqualTo("301 https://new.test/a?b=c");
    assertThat(location("moved.test", "/x", "-d body")).isEqualTo("301 https://new.test/a?b=c");
    assertThat(location("moved.test", "/x", "-I")).isEqualTo("301 https://new.test/a?b=c");
    assertThat(location("both.test", "/x", "")).isEqualTo("302 https://today.test/");
  }

  @Test
  void redirectsComeBeforeGuards() throws Exception {
    assertThat(location("kept.test", "/", "")).isEqualTo("308 https://new.test/");
  }

  @Test
  void aPathIsOneOfTheSameHost() throws Exception {
    assertThat(location("path.test", "/", "")).isEqualTo("301 http://path.test/next/door");
    assertThat(location("path.test:8080", "/", "")).isEqualTo("301 http://path.test/next/door");
  }

  @Test
  void redirectsOnTheSameHostMayLeaveItOut() throws Exception {
    assertThat(site.answer("relative.test", "/x", ""))
        .startsWith("HTTP/1.1 301")
        .contains("Location: /next/door\r\n");
    assertThat(site.answer("home.test", "/", "")).contains("Location: /home\r\n");
    assertThat(site.answer("slash.test", "/in?a=b", ""))
        .startsWith("HTTP/1.1 301")
        .contains("Location: /in/?a=b\r\n");
  }

  @Test
  void whatIsNoUrlLeadsNowhere() throws Exception {
    assertThat(site.answer("bad.test", "/", ""))
        .startsWith("HTTP/1.1 200")
        .doesNotContainIgnoringCase("location:");
  }

  @Test
  void theRootAloneGoesToTheApplication() throws Exception {
    assertThat(location("root.test", "/", "")).isEqualTo("302 http://root.test/app/start");
    assertThat(site.status("root.test", "/app/start", "")).isEqualTo("200");
  }

  @Test
  void hostsWithAndWithoutWwwLeadToTheOneThatIsServed() throws Exception {
    assertThat(location("www.shop.test", "/a/?b=c/", "")).isEqualTo("308 http://shop.test/a/?b=c/");
    assertThat(location("blog.test", "/a", "")).isEqualTo("308 http://www.blog.test/a");
    assertThat(site.status("shop.test", "/a", "")).isEqualTo("200");
    assertThat(site.status("www.blog.test", "/a", "")).isEqualTo("200");
    assertThat(site.status("www.moved.test", "/", "")).isEqualTo("404");
  }

  @Test
  void theSchemeStays() throws Exception {
    String url = "-k --resolve www.shop.test:" + site.httpsPort() + ":127.0.0.1 ";
    assertThat(Shell.answer(url + "https://www.shop.test:" + site.httpsPort() + "/a"))
        .contains("308")
        .containsIgnoringCase("location: https://shop.test/a\r\n");
  }

  @Test
  void aPathOfTheRequestIsNeverTakenForAHost() throws Exception {
    assertThat(location("www.shop.test", "//evil.test/%2e%2e/x", "--path-as-is"))
        .startsWith("308 http://shop.test/");
    assertThat(site.answer("www.shop.test", "/a%0d%0aSet-Cookie:%20x=y", ""))
        .doesNotContain("\r\nSet-Cookie");
  }
}
