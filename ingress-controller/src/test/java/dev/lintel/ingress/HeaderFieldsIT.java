package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

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
}
