package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in: by address, by password, by both and by either. Clients are 127.0.0.1, 127.0.0.2
/// and ::1.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class AccessIT {
  private static final String SECOND = "--interface 127.0.0.2";
  private static final String PASSWORD = "-u demo:lintel";
  private static final String WRONG = "-u demo:wrong";

  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    String basic = "auth-type: basic";
    String users = "auth-secret: users";
    site =
        IngressSite.start(
            folder,
            IngressSite.USERS,
            IngressSite.ingress("allow.test", "whitelist-source-range: 127.0.0.2, 2001:db8::/32"),
            IngressSite.ingress("deny.test", "denylist-source-range: 127.0.0.2"),
            IngressSite.ingress(
                "both.test",
                "allowlist-source-range: 127.0.0.0/8",
                "denylist-source-range: 127.0.0.2/32"),
            IngressSite.ingress("six.test", "allowlist-source-range: ::/0"),
            IngressSite.ingress("bad.test", "allowlist-source-range: 127.0.0.1, office"),
            IngressSite.ingress(
                "all.test", "allowlist-source-range: 127.0.0.2", basic, users, "satisfy: all"),
            IngressSite.ingress(
                "any.test", "allowlist-source-range: 127.0.0.2", basic, users, "satisfy: any"),
            IngressSite.ingress(
                "any-denied.test",
                "denylist-source-range: 127.0.0.2",
                basic,
                users,
                "satisfy: any"),
            IngressSite.ingress(
                "any-alone.test", "allowlist-source-range: 127.0.0.2", "satisfy: any"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @Test
  void onlyThoseOnTheAllowListComeIn() throws Exception {
    assertThat(site.status("allow.test", "/", SECOND)).isEqualTo("200");
    assertThat(site.answer("allow.test", "/", "")).contains("403 Forbidden");
  }

  @Test
  void thoseOnTheDenyListDoNot() throws Exception {
    assertThat(site.status("deny.test", "/", "")).isEqualTo("200");
    assertThat(site.status("deny.test", "/", SECOND)).isEqualTo("403");
    assertThat(site.status("both.test", "/", "")).isEqualTo("200");
    assertThat(site.status("both.test", "/", SECOND)).isEqualTo("403");
  }

  @Test
  void aNetworkOfOneFamilyIsNoneOfTheOther() throws Exception {
    String overIpv6 = "-H 'Host: six.test' 'http://[::1]:" + site.httpPort() + "/'";
    assertThat(Shell.status(overIpv6)).isEqualTo("200");
    assertThat(site.status("six.test", "/", "")).isEqualTo("403");
  }

  @Test
  void whatAClientSaysAboutItselfDoesNotCount() throws Exception {
    String forged =
        "-H 'X-Forwarded-For: 127.0.0.2' -H 'X-Real-IP: 127.0.0.2' -H 'Forwarded: for=127.0.0.2'";
    assertThat(site.status("allow.test", "/", forged)).isEqualTo("403");
  }

  @Test
  void aListThatCannotBeReadLetsNobodyIn() throws Exception {
    assertThat(site.status("bad.test", "/", "")).isEqualTo("503");
    assertThat(site.status("bad.test", "/", SECOND)).isEqualTo("503");
  }

  @Test
  void http2IsJudgedAlike() throws Exception {
    String url = " -H 'Host: allow.test' http://127.0.0.1:" + site.httpPort() + "/";
    assertThat(Shell.status("--http2-prior-knowledge" + url)).isEqualTo("403");
    assertThat(Shell.status("--http2-prior-knowledge " + SECOND + url)).isEqualTo("200");
  }

  @Test
  void allGuardsMustAccept() throws Exception {
    assertThat(site.status("all.test", "/", PASSWORD)).isEqualTo("403");
    assertThat(site.status("all.test", "/", SECOND)).isEqualTo("401");
    assertThat(site.status("all.test", "/", SECOND + " " + WRONG)).isEqualTo("401");
    assertThat(site.status("all.test", "/", SECOND + " " + PASSWORD)).isEqualTo("200");
  }

  @Test
  void anyGuardSuffices() throws Exception {
    assertThat(site.status("any.test", "/", SECOND)).isEqualTo("200");
    assertThat(site.status("any.test", "/", SECOND + " " + WRONG)).isEqualTo("200");
    assertThat(site.status("any.test", "/", PASSWORD)).isEqualTo("200");
    assertThat(site.status("any.test", "/", WRONG)).isEqualTo("401");
    assertThat(site.answer("any.test", "/", ""))
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("WWW-Authenticate: Basic");
  }

  @Test
  void eitherListOrPasswordMeansThatADeniedAddressNeedsThePassword() throws Exception {
    assertThat(site.status("any-denied.test", "/", SECOND)).isEqualTo("401");
    assertThat(site.status("any-denied.test", "/", SECOND + " " + PASSWORD)).isEqualTo("200");
    assertThat(site.status("any-denied.test", "/", ""))
        .as("not being denied is no grant")
        .isEqualTo("401");
    assertThat(site.status("any-alone.test", "/", "")).isEqualTo("403");
    assertThat(site.status("any-alone.test", "/", SECOND)).isEqualTo("200");
  }

  @Test
  void refusalsOnOneConnectionDoNotStick() throws Exception {
    String url = "'http://127.0.0.1:" + site.httpPort() + "/'";
    String any = "-s -m 20 --http1.1 -o /dev/null -w '%{http_code} ' -H 'Host: any.test' ";
    assertThat(
            Shell.run(
                "curl "
                    + any
                    + url
                    + " --next "
                    + any
                    + PASSWORD
                    + " "
                    + url
                    + " --next "
                    + any
                    + url))
        .isEqualTo("401 200 401 ");
  }

  @Test
  void theUpstreamNeverSeesThePassword() throws Exception {
    for (String client : new String[] {PASSWORD, SECOND + " " + PASSWORD, SECOND + " " + WRONG}) {
      assertThat(site.answer("any.test", "/", client))
          .startsWith("HTTP/1.1 200")
          .doesNotContainIgnoringCase("authorization:");
    }
  }
}
