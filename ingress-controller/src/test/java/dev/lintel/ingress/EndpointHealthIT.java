package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.tls.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints that fail are left out, by the settings of an Ingress and without any.
@ExtendWith(LeakCheck.class)
class EndpointHealthIT {
  private static final int PODS = 3;
  private static final int PATIENCE = 500;
  private static final Pattern POD = Pattern.compile("answered by (\\w+)");

  private Path folder;
  private Pods pods;

  @BeforeEach
  void start(@TempDir Path root) throws Exception {
    folder = Files.createDirectory(root.resolve("manifests"));
    pods = new Pods(folder, "pods", PODS);
  }

  @AfterEach
  void stop() {
    pods.close();
  }

  private static String ingress(String... annotations) {
    StringBuilder lines = new StringBuilder("annotations:\n");
    for (String annotation : annotations) {
      lines.append("    lintel.dev/").append(annotation).append('\n');
    }
    return IngressSite.ingressTo("pods", "pods.test").replace("annotations:\n", lines);
  }

  private static Map<String, Integer> counts(IngressSite site, String path) throws Exception {
    Map<String, Integer> counts = new HashMap<>();
    Matcher found = POD.matcher(site.answer("pods.test", path, ""));
    while (found.find()) {
      counts.merge(found.group(1), 1, Integer::sum);
    }
    return counts;
  }

  private static void awaitPage(IngressSite site, String page, String line) throws Exception {
    String text = "";
    for (int i = 0; i < PATIENCE && !text.contains(line); i++) {
      text = Shell.answer("http://127.0.0.1:" + site.adminPort() + page);
      Thread.sleep(20);
    }
    assertThat(text).contains(line);
  }

  @Test
  void anEndpointThatRefusesConnectionsIsLeftOutAndStaysSoWhenSettingsChange() throws Exception {
    try (IngressSite site = IngressSite.start(folder, ingress("ejection-seconds: '600'"))) {
      assertThat(counts(site, "/[1-30]").values()).containsExactly(10, 10, 10);
      pods.stop(1);
      counts(site, "/[1-30]");
      awaitPage(site, "/metrics", "lintel_ejected_endpoints 1.0");
      awaitPage(site, "/metrics", "lintel_endpoint_ejections_total 1.0");
      awaitPage(site, "/debug/endpoints", Pods.address(1) + ":" + pods.port() + " left out, ejec");

      String manifests = Files.readString(folder.resolve("site.yaml"));
      Path next = Files.writeString(folder.getParent().resolve("next"), guarded(manifests));
      Files.move(next, folder.resolve("site.yaml"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      awaitPage(site, "/debug/plan", "maxConcurrent=7");
      awaitPage(site, "/metrics", "lintel_ejected_endpoints 1.0");
      assertThat(counts(site, "/[1-30]")).isEqualTo(Map.of("pod2", 15, "pod3", 15));
      awaitPage(site, "/metrics", "lintel_endpoint_ejections_total 1.0");
    }
  }

  /// The same with another guard, for which another upstream is made.
  private static String guarded(String manifests) {
    return manifests.replace(
        "lintel.dev/ejection-seconds",
        "lintel.dev/max-concurrent-requests: '7'\n    lintel.dev/ejection-seconds");
  }

  @Test
  void theConfigMapSaysItForAll() throws Exception {
    try (IngressSite site =
        IngressSite.start(folder, IngressSite.config("ejection-failures: '0'"), ingress())) {
      pods.stop(1);
      assertThat(counts(site, "/[1-60]")).isEqualTo(Map.of("pod2", 30, "pod3", 30));
      awaitPage(site, "/metrics", "lintel_endpoint_ejections_total 0.0");
    }
  }

  @Test
  void anEndpointIsAskedWhetherItIsWell() throws Exception {
    String[] checked = {
      "health-check-path: /healthz",
      "health-check-interval: '1'",
      "health-check-failures: '1'",
      "health-check-timeout: '1'",
      "ejection-failures: '0'"
    };
    try (IngressSite site = IngressSite.start(folder, ingress(checked))) {
      pods.stop(2);
      awaitPage(site, "/metrics", "lintel_unwell_endpoints 1.0");
      awaitPage(site, "/debug/endpoints", Pods.address(2) + ":" + pods.port() + " left out, unw");
      assertThat(counts(site, "/[1-30]")).isEqualTo(Map.of("pod1", 15, "pod3", 15));
      pods.stop(3);
      awaitPage(site, "/metrics", "lintel_panicking_upstreams 1.0");
    }
  }

  @Test
  void overTlsEndpointsAreAskedOverTls() throws Exception {
    try (TlsUpstream one =
            new TlsUpstream(TestAuthority.root("Servers").server("safe.test"), null);
        IngressSite site =
            IngressSite.start(
                folder,
                IngressSite.service("safe", one.port(), "127.0.0.1", "127.0.0.2"),
                IngressSite.ingressTo("safe", "safe.test", "backend-protocol: HTTPS")
                    .replace(
                        "annotations:\n",
                        """
                        annotations:
                            lintel.dev/health-check-path: /healthz
                            lintel.dev/health-check-interval: '1'
                            lintel.dev/health-check-failures: '1'
                        """))) {
      awaitPage(site, "/debug/endpoints", "127.0.0.2:" + one.port() + " left out, unwell");
      for (int i = 0; i < PATIENCE && one.requests().size() < 2; i++) {
        Thread.sleep(20);
      }
      awaitPage(site, "/debug/endpoints", "127.0.0.1:" + one.port() + " used\n");
      assertThat(one.requests())
          .hasSizeGreaterThan(1)
          .allMatch(head -> head.startsWith("GET /healthz "));
      assertThat(one.faults()).isZero();
    }
  }
}
