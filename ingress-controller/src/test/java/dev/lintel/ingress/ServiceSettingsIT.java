package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Where requests go whose Service has an address of its own, and hosts with further names.
@ExtendWith(LeakCheck.class)
class ServiceSettingsIT {
  private static final String SERVICE =
      """
      ---
      apiVersion: v1
      kind: Service
      metadata: {namespace: default, name: own}
      spec:
        clusterIP: 127.0.0.1
        ports: [{name: http, port: %d, targetPort: 1}]
      """;

  @TempDir private Path folder;

  @Test
  void theAddressOfTheServiceStandsInPlaceOfItsEndpoints() throws Exception {
    try (StatusBackend backend = new StatusBackend("own", 200);
        IngressSite site =
            IngressSite.start(
                folder,
                SERVICE.formatted(backend.port()),
                ingress("by-address.test", backend.port(), "service-upstream: true"),
                ingress("by-endpoints.test", backend.port()))) {
      assertThat(site.answer("by-address.test", "/", ""))
          .startsWith("HTTP/1.1 200")
          .contains("page by own");
      assertThat(site.status("by-endpoints.test", "/", "")).isEqualTo("503");
    }
  }

  private static String ingress(String host, int port, String... annotations) {
    return IngressSite.ingressTo("own", host, annotations)
        .replace("number: 80}", "number: " + port + "}");
  }

  @Test
  void aHostIsServedUnderItsFurtherNames() throws Exception {
    try (IngressSite site =
        IngressSite.start(
            folder,
            IngressSite.ingress(
                "main.test",
                "server-alias: other.test, *.wild.test, taken.test",
                "app-root: /home"),
            IngressSite.ingress("taken.test", "denylist-source-range: 127.0.0.0/8"))) {
      for (String host : new String[] {"main.test", "other.test", "OTHER.test:80", "a.wild.test"}) {
        assertThat(site.status(host, "/", "")).as(host).isEqualTo("302");
        assertThat(site.answer(host, "/x", "")).as(host).contains("Host: " + host + "\n");
      }
      assertThat(site.status("a.b.wild.test", "/x", "")).isEqualTo("404");
      assertThat(site.status("taken.test", "/x", "")).isEqualTo("403");
    }
  }
}
