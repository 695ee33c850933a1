package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Clients stay with the endpoint of their cookie.
@ExtendWith(LeakCheck.class)
class AffinityIT {
  private static final int PODS = 3;
  private static final int PATIENCE = 200;
  private static final Pattern POD = Pattern.compile("answered by (pod\\d)");
  private static final Pattern COOKIE =
      Pattern.compile("(?m)^Set-Cookie: (\\w+=([^;\\r]*)[^\\r]*)");

  /// MD5 of the MD5 of `default-pods-80` and `default-pods-80`.
  private static final String MARK = "9a48badcc8453da82630d536fdd1de67";

  private IngressSite site;
  private Pods pods;

  @BeforeEach
  void start(@TempDir Path root) throws Exception {
    Path folder = Files.createDirectory(root.resolve("manifests"));
    pods = new Pods(folder, "pods", PODS);
    site =
        IngressSite.start(
            folder,
            IngressSite.service("alone", pods.port(), Pods.address(1), Pods.address(2)),
            IngressSite.ingressTo("pods", "balanced.test", "affinity: cookie"),
            IngressSite.ingressTo(
                "pods",
                "persistent.test",
                "affinity: cookie",
                "affinity-mode: persistent",
                "session-cookie-name: route"),
            IngressSite.ingressTo(
                "pods",
                "changing.test",
                "affinity: cookie",
                "session-cookie-change-on-failure: true"),
            IngressSite.ingressTo(
                "pods",
                "dressed.test",
                "affinity: cookie",
                "session-cookie-path: /shop",
                "session-cookie-domain: dressed.test",
                "session-cookie-samesite: None",
                "session-cookie-conditional-samesite-none: true",
                "session-cookie-secure: true",
                "session-cookie-expires: 86400",
                "session-cookie-max-age: 3600"),
            IngressSite.ingressTo(
                "pods", "guarded.test", "affinity: cookie", "denylist-source-range: 127.0.0.0/8"),
            IngressSite.ingressTo(
                "alone", "spare.test", "affinity: cookie", "default-backend: pods"),
            IngressSite.ingressTo("pods", "plain.test"));
  }

  @AfterEach
  void stop() {
    site.close();
    pods.close();
  }

  private record Answer(String text) {
    String pod() {
      Matcher found = POD.matcher(text);
      assertThat(found.find()).as(text).isTrue();
      return found.group(1);
    }

    /// The whole field, empty where there is none.
    String cookie() {
      Matcher found = COOKIE.matcher(text);
      return found.find() ? found.group(1) : "";
    }

    String value() {
      Matcher found = COOKIE.matcher(text);
      assertThat(found.find()).as(text).isTrue();
      return found.group(2);
    }
  }

  private Answer ask(String host, String curl) throws Exception {
    return new Answer(site.answer(host, "/", curl));
  }

  private static String with(String value) {
    return "-b 'INGRESSCOOKIE=" + value + "'";
  }

  @Test
  void aClientGetsACookieOnceAndStays() throws Exception {
    Set<String> seen = new HashSet<>();
    for (int client = 0; client < 40; client++) {
      Answer first = ask("balanced.test", "");
      assertThat(first.cookie()).matches("INGRESSCOOKIE=[0-9.]+\\|" + MARK + "; Path=/; HttpOnly");
      for (int i = 0; i < 2; i++) {
        Answer next = ask("balanced.test", with(first.value()));
        assertThat(next.pod()).isEqualTo(first.pod());
        assertThat(next.cookie()).isEmpty();
      }
      seen.add(first.pod());
    }
    assertThat(seen).hasSize(PODS);
    assertThat(ask("plain.test", "").cookie()).isEmpty();
  }

  @Test
  void aDefaultBackendThatStandsByTakesNoCookieAway() throws Exception {
    Answer first = ask("spare.test", "");
    assertThat(ask("spare.test", with(first.value())).pod()).isEqualTo(first.pod());
  }

  @Test
  void aPersistentClientStaysWithItsEndpointUntilThatIsGone() throws Exception {
    Answer first = ask("persistent.test", "");
    assertThat(first.cookie()).matches("route=[0-9a-f]{32}\\|[0-9a-f]{32}; Path=/; HttpOnly");
    String own = first.pod();
    String cookie = "-b 'a=1; route=" + first.value() + "; z=2'";
    int number = own.charAt(3) - '0';
    int other = number % PODS + 1;

    pods.use(other, number);
    for (int i = 0; i < 10; i++) {
      Answer next = ask("persistent.test", cookie);
      assertThat(next.pod()).isEqualTo(own);
      assertThat(next.cookie()).isEmpty();
    }
    pods.use(other);
    Answer moved = awaitOther("persistent.test", cookie, own);
    assertThat(moved.pod()).isEqualTo("pod" + other);
    assertThat(moved.value()).isNotEqualTo(first.value()).endsWith(mark(first.value()));
  }

  @Test
  void aBalancedClientMovesWhenItsEndpointIsGone() throws Exception {
    Answer first = ask("balanced.test", "");
    int number = first.pod().charAt(3) - '0';
    pods.use(number % PODS + 1);

    Answer moved = awaitOther("balanced.test", with(first.value()), first.pod());

    assertThat(moved.cookie()).as("its key has a place on every ring").isEmpty();
  }

  private Answer awaitOther(String host, String cookie, String gone) throws Exception {
    for (int i = 0; i < PATIENCE; i++) {
      Answer answer = ask(host, cookie);
      if (!answer.pod().equals(gone)) {
        return answer;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("still answered by " + gone);
  }

  private static String mark(String value) {
    return value.substring(value.indexOf('|'));
  }

  @Test
  void theCookieHasTheAttributesThatWereAskedFor() throws Exception {
    assertThat(ask("dressed.test", "").cookie())
        .matches(
            "INGRESSCOOKIE=[0-9.]+\\|[0-9a-f]{32}"
                + "; Expires=\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT; Max-Age=3600"
                + "; Domain=dressed.test; Path=/shop; Secure; HttpOnly; SameSite=None");
    assertThat(
            ask("dressed.test", "-A 'Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/66.0.3359 Safari'")
                .cookie())
        .endsWith("; Path=/shop; Secure; HttpOnly");
    String tls =
        Shell.answer(
            "-k --http1.1 -H 'Host: balanced.test' https://127.0.0.1:" + site.httpsPort() + "/");
    assertThat(new Answer(tls).cookie()).endsWith("; Path=/; Secure; HttpOnly");
  }

  @Test
  void http2SpeaksOfTheSameCookies() throws Exception {
    String value = ask("balanced.test", "").value();
    String url = " http://127.0.0.1:" + site.httpPort() + "/";
    String h2 = "--http2-prior-knowledge -H 'Host: balanced.test' ";
    assertThat(Shell.answer(h2 + with(value) + url)).doesNotContain("set-cookie:");
    assertThat(Shell.answer(h2 + url)).contains("set-cookie: INGRESSCOOKIE=");
  }

  @Test
  void aForeignCookieIsWrittenAnew() throws Exception {
    Answer own = ask("balanced.test", "");
    String key = own.value().substring(0, own.value().indexOf('|'));

    Answer other = ask("balanced.test", with(key + "|0123456789abcdef0123456789abcdef"));
    assertThat(other.value()).as("of another upstream: its key stays").isEqualTo(own.value());
    assertThat(other.pod()).isEqualTo(own.pod());
    assertThat(ask("balanced.test", with(key)).value()).isEqualTo(own.value());

    for (String strange : new String[] {"", "x", "|", "%0d%0a|" + "a", "9".repeat(65) + "|a"}) {
      Answer made = ask("balanced.test", with(strange));
      assertThat(made.value()).matches("[0-9]+\\.[0-9]+\\.[0-9]+\\|" + MARK);
    }
  }

  @Test
  void ofSeveralCookiesThatOfTheUpstreamCounts() throws Exception {
    Answer own = ask("balanced.test", "");
    String several =
        "-b 'INGRESSCOOKIE=1.2.3|0123456789abcdef0123456789abcdef; INGRESSCOOKIE="
            + own.value()
            + "'";
    for (int i = 0; i < 5; i++) {
      Answer next = ask("balanced.test", several);
      assertThat(next.pod()).isEqualTo(own.pod());
      assertThat(next.cookie()).isEmpty();
    }
  }

  @Test
  void aClientWhoseEndpointFailsIsServedAndKeepsOrChangesItsCookie() throws Exception {
    Answer first = ask("balanced.test", "");
    pods.stop(first.pod().charAt(3) - '0');

    Answer kept = ask("balanced.test", with(first.value()));
    assertThat(kept.pod()).isNotEqualTo(first.pod());
    assertThat(kept.cookie()).isEmpty();

    Answer changed = ask("changing.test", with(first.value()));
    assertThat(changed.pod()).isNotEqualTo(first.pod());
    assertThat(changed.value()).isNotEqualTo(first.value());
    Answer next = ask("changing.test", with(changed.value()));
    assertThat(next.pod()).isEqualTo(changed.pod());
    assertThat(next.cookie()).isEmpty();
  }

  @Test
  void aNewClientGetsTheCookieOfTheEndpointThatAnswered() throws Exception {
    pods.stop(1);
    for (int client = 0; client < 15; client++) {
      for (String host : new String[] {"balanced.test", "persistent.test"}) {
        Answer first = ask(host, "");
        assertThat(first.pod()).isNotEqualTo("pod1");
        String name = host.equals("balanced.test") ? "INGRESSCOOKIE" : "route";
        Answer next = ask(host, "-b '" + name + "=" + first.value() + "'");
        assertThat(next.pod()).isEqualTo(first.pod());
        assertThat(next.cookie()).isEmpty();
      }
    }
  }

  @Test
  void ourOwnAnswersCarryNoCookie() throws Exception {
    assertThat(site.answer("guarded.test", "/", ""))
        .startsWith("HTTP/1.1 403")
        .doesNotContain("Set-Cookie");
    for (int i = 1; i <= PODS; i++) {
      pods.stop(i);
    }
    assertThat(site.answer("balanced.test", "/", ""))
        .startsWith("HTTP/1.1 502")
        .doesNotContain("Set-Cookie");
  }
}
