package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What the ConfigMap says of the access log.
@ExtendWith(LeakCheck.class)
class AccessLogKeysIT {
  private static final Duration WRITTEN = Duration.ofSeconds(10);
  private static final String FORMAT =
      "log-format-upstream: '{\"uri\": \"$request_uri\", \"agent\": \"$http_user_agent\", \"none\": \"$http_x\"}'";

  @TempDir private Path folder;
  @TempDir private Path logs;

  private Path log() {
    return logs.resolve("access.log");
  }

  private IngressSite site(String... lines) throws Exception {
    return IngressSite.startLogging(
        folder,
        log().toString(),
        IngressSite.config(FORMAT, String.join("\n  ", lines)),
        IngressSite.ingress("a.test"));
  }

  /// The log once it has a line of the last request.
  private String logged(IngressSite site) throws Exception {
    assertThat(site.status("a.test", "/last", "")).isEqualTo("200");
    long until = System.nanoTime() + WRITTEN.toNanos();
    while (!Files.readString(log()).contains("/last") && System.nanoTime() < until) {
      Thread.sleep(20);
    }
    return Files.readString(log());
  }

  @Test
  void targetsAreLeftOutAndHostsThatNobodyNames() throws Exception {
    try (IngressSite site = site("skip-access-log-urls: '/ready, ~^/assets/'")) {
      for (String path : new String[] {"/ready", "/READY", "/ready?a", "/assets/x", "/a/assets/"}) {
        site.status("a.test", path, "");
      }
      site.status("unknown.test", "/stray", "");
      assertThat(logged(site))
          .contains("\"/ready?a\"", "\"/a/assets/\"")
          .doesNotContain("\"/ready\"", "/READY", "\"/assets/x\"", "/stray");
    }
  }

  @Test
  void hostsThatNobodyNamesAreLoggedWhereThatIsWanted() throws Exception {
    try (IngressSite site = site("enable-access-log-for-default-backend: 'true'")) {
      site.status("unknown.test", "/stray", "");
      assertThat(logged(site)).contains("/stray");
    }
  }

  @Test
  void linesCanBeJson() throws Exception {
    try (IngressSite site = site("log-format-escape-json: 'true'")) {
      site.status("a.test", "/json", "-A 'say \"\\x\"'");
      assertThat(logged(site))
          .contains("{\"uri\": \"/json\", \"agent\": \"say \\\"\\\\x\\\"\", \"none\": \"\"}\n");
    }
  }

  @Test
  void clientsCanBeLoggedAsTheyAre() throws Exception {
    try (IngressSite site = site("log-format-escape-none: 'true'")) {
      site.status("a.test", "/raw", "-A 'say \"\\x\"'");
      assertThat(logged(site)).contains("\"/raw\", \"agent\": \"say \"\\x\"\"");
    }
  }

  @Test
  void fieldsOfTheAnswerAndWhatTlsAgreedOnAreLogged() throws Exception {
    String format =
        "log-format-upstream: '$request_uri $sent_http_content_type $upstream_http_content_type"
            + " $sent_http_strict_transport_security $upstream_http_strict_transport_security"
            + " $ssl_protocol $ssl_cipher'";
    try (IngressSite site =
        IngressSite.startLogging(
            folder,
            log().toString(),
            IngressSite.config(format, "hsts-max-age: '5'"),
            IngressSite.ingress("a.test", "ssl-redirect: false"))) {
      String secure =
          "-k --resolve a.test:"
              + site.httpsPort()
              + ":127.0.0.1 --tls-max 1.2 --ciphers"
              + " ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"
              + " https://a.test:"
              + site.httpsPort()
              + "/secure";
      assertThat(Shell.status(secure)).isEqualTo("200");
      assertThat(logged(site))
          .containsPattern(
              "(?m)^/secure text/plain; charset=utf-8 text/plain; charset=utf-8 max-age=5;"
                  + " includeSubDomains -"
                  + " TLSv1.2 ECDHE-(RSA|ECDSA)-AES128-GCM-SHA256$")
          .containsPattern(
              "(?m)^/last text/plain; charset=utf-8 text/plain; charset=utf-8 - - - -$");
    }
  }

  @Test
  void theLogCanBeOff() throws Exception {
    try (IngressSite site = site("disable-access-log: 'true'")) {
      assertThat(site.status("a.test", "/quiet", "")).isEqualTo("200");
    }
    // All that was to be written is, once the process has ended.
    assertThat(log()).isEmptyFile();
  }
}
