package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Header fields that the ConfigMap and annotations set, replace and take away.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class HeaderFieldsIT {
  private static final String CONFIG =
      """
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
      data:
        proxy-set-headers: ingress-nginx/to-upstreams
        add-headers: ingress-nginx/to-clients
        hide-headers: Date, Content-Type
        global-allowed-response-headers: x-frame-options, Content-Security-Policy
        proxy-add-original-uri-header: "true"
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: to-upstreams}
      data: {X-Tenant: shop, X-Secret: "", X-Real-IP: 10.0.0.1}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: ingress-nginx, name: to-clients}
      data: {X-Frame-Options: DENY, Content-Language: de}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: default, name: own}
      data: {X-Frame-Options: SAMEORIGIN, content-security-policy: "default-src 'self' $x"}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: default, name: too-much}
      data: {X-Frame-Options: SAMEORIGIN, Set-Cookie: a=b}
      """;

  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    site =
        IngressSite.start(
            folder,
            CONFIG,
            IngressSite.ingress("plain.test"),
            IngressSite.ingress("vhost.test", "upstream-vhost: inner.test:8080"),
            IngressSite.ingress("prefix.test", "rewrite-target: /in", "x-forwarded-prefix: /out"),
            IngressSite.ingress("custom.test", "custom-headers: own"),
            IngressSite.ingress("too-much.test", "custom-headers: default/too-much"),
            IngressSite.ingress("closed.test", "denylist-source-range: 127.0.0.0/8"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @Test
  void upstreamsGetTheFieldsInPlaceOfTheClients() throws Exception {
    assertThat(site.answer("plain.test", "/", "-H 'X-Tenant: forged' -H 'x-secret: forged'"))
        .startsWith("HTTP/1.1 200")
        .contains("X-tenant: shop\n", "X-real-ip: 127.0.0.1\n")
        .doesNotContain("forged", "10.0.0.1");
  }

  @Test
  void answersCarryTheFields() throws Exception {
    assertThat(site.answer("plain.test", "/", ""))
        .contains("X-Frame-Options: DENY\r\n", "Content-Language: de\r\n")
        .doesNotContain("Content-Type:");
    assertThat(site.answer("closed.test", "/", ""))
        .startsWith("HTTP/1.1 403")
        .contains("X-Frame-Options: DENY\r\n");
  }

  @Test
  void theUpstreamIsAskedUnderAnotherName() throws Exception {
    assertThat(site.answer("vhost.test", "/", ""))
        .contains("Host: inner.test:8080\n", "X-forwarded-host: vhost.test\n")
        .doesNotContain("Host: vhost.test\n");
  }

  @Test
  void aRewrittenPathComesWithItsPrefix() throws Exception {
    assertThat(site.answer("prefix.test", "/a", "-H 'X-Forwarded-Prefix: /forged'"))
        .contains("GET /in\n", "X-forwarded-prefix: /out\n")
        .doesNotContain("forged");
    assertThat(site.answer("plain.test", "/a", "-H 'X-Forwarded-Prefix: /forged'"))
        .doesNotContain("forged");
  }

  @Test
  void aRouteSetsTheFieldsThatTheControllerAllows() throws Exception {
    assertThat(site.answer("custom.test", "/", ""))
        .startsWith("HTTP/1.1 200")
        .contains("X-Frame-Options: SAMEORIGIN\r\n", "Content-Language: de\r\n")
        .containsIgnoringCase("content-security-policy: default-src 'self' $x\r\n")
        .doesNotContain("X-Frame-Options: DENY");
    assertThat(site.answer("too-much.test", "/", ""))
        .startsWith("HTTP/1.1 503")
        .doesNotContain("Set-Cookie");
  }

  @Test
  void upstreamsGetTheTargetAsItWasWritten() throws Exception {
    String forged = "--path-as-is -H 'X-Original-URI: /forged'";
    assertThat(site.answer("prefix.test", "/a/../b%20c?d=/../e", forged))
        .contains("GET /in?d=/../e\n", "X-original-uri: /a/../b%20c?d=/../e\n")
        .doesNotContain("forged");
    assertThat(site.answer("plain.test", "/", "--request-target http://plain.test/x?y"))
        .contains("X-original-uri: /x?y\n");
  }

  @Test
  void answersSayWhatServesWhereThatIsAskedFor(@TempDir Path folder) throws Exception {
    try (StatusBackend backend = new StatusBackend("odd", 200);
        IngressSite own =
            IngressSite.start(
                Files.createDirectory(folder.resolve("own")),
                IngressSite.config("server-tokens: \"true\""),
                IngressSite.service("odd", backend.port(), "127.0.0.1"),
                IngressSite.ingressTo("odd", "odd.test"),
                IngressSite.ingress("closed.test", "denylist-source-range: 127.0.0.0/8"));
        IngressSite both =
            IngressSite.start(
                Files.createDirectory(folder.resolve("both")),
                IngressSite.config(
                    "server-tokens: \"true\"", "allow-backend-server-header: \"true\""),
                IngressSite.service("odd", backend.port(), "127.0.0.1"),
                IngressSite.ingressTo("odd", "odd.test"),
                IngressSite.ingress("closed.test", "denylist-source-range: 127.0.0.0/8"))) {
      assertThat(own.answer("odd.test", "/", ""))
          .contains("Server: lintel\r\n")
          .doesNotContain("odd/1");
      assertThat(own.answer("closed.test", "/", "")).contains(" 403", "Server: lintel\r\n");
      assertThat(both.answer("odd.test", "/", ""))
          .contains("Server: odd/1\r\n")
          .doesNotContain("Server: lintel");
      assertThat(both.answer("closed.test", "/", "")).contains("Server: lintel\r\n");
    }
  }

  @Test
  void idsOfRequestsAndTheServerOfTheUpstreamAreLeftAsTheyAre(@TempDir Path folder)
      throws Exception {
    String config =
        """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {namespace: ingress-nginx, name: ingress-nginx-controller}
        data: {generate-request-id: "false", allow-backend-server-header: "true"}
        """;
    try (StatusBackend backend = new StatusBackend("odd", 200);
        IngressSite other =
            IngressSite.start(
                folder,
                config,
                IngressSite.service("odd", backend.port(), "127.0.0.1"),
                IngressSite.ingressTo("odd", "odd.test"),
                IngressSite.ingress("closed.test", "denylist-source-range: 127.0.0.0/8"))) {
      assertThat(other.answer("odd.test", "/", ""))
          .startsWith("HTTP/1.1 200")
          .contains("Server: odd/1\r\n")
          .doesNotContainIgnoringCase("x-request-id");
      assertThat(other.answer("odd.test", "/", "-H 'X-Request-ID: mine'"))
          .contains("X-request-id: mine\n");
      assertThat(other.answer("odd.test", "/", "-H 'X-Request-ID: not fit'"))
          .doesNotContainIgnoringCase("x-request-id");
      assertThat(other.answer("closed.test", "/", ""))
          .startsWith("HTTP/1.1 403")
          .doesNotContain("Server:");
      assertThat(
              Shell.answer(
                  "--http2-prior-knowledge -H 'Host: odd.test' http://127.0.0.1:"
                      + other.httpPort()))
          .contains("server: odd/1\r\n")
          .doesNotContainIgnoringCase("x-request-id");
    }
    try (StatusBackend backend = new StatusBackend("odd", 200);
        IngressSite usual =
            IngressSite.start(
                Files.createDirectory(folder.resolve("usual")),
                IngressSite.service("odd", backend.port(), "127.0.0.1"),
                IngressSite.ingressTo("odd", "odd.test"))) {
      assertThat(usual.answer("odd.test", "/", ""))
          .containsPattern("X-request-id: [0-9a-f]{32}\n")
          .doesNotContain("Server:");
    }
  }
}
