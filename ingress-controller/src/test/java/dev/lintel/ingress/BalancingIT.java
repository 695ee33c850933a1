package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Which endpoint a request goes to, by the settings of its route.
@ExtendWith(LeakCheck.class)
class BalancingIT {
  private static final int PODS = 3;
  private static final int PATIENCE = 200;

  /// Enough that each of three pods is hit as good as certainly.
  private static final int MANY = 40;

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

  private IngressSite site(String... annotations) throws Exception {
    return IngressSite.start(folder, IngressSite.ingressTo("pods", "pods.test", annotations));
  }

  /// How many of some requests each pod answered.
  ///
  /// @param path `/[1-30]` stands for thirty
  private static Map<String, Integer> counts(IngressSite site, String path, String curl)
      throws Exception {
    Map<String, Integer> counts = new HashMap<>();
    Matcher found = POD.matcher(site.answer("pods.test", path, curl));
    while (found.find()) {
      counts.merge(found.group(1), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void requestsGoRoundWhereNothingIsSaid() throws Exception {
    try (IngressSite site = site()) {
      // One connection is on one loop.
      assertThat(counts(site, "/[1-30]", "").values()).containsExactly(10, 10, 10);
    }
  }

  @Test
  void randomReachesAll() throws Exception {
    try (IngressSite site = site("load-balance: random")) {
      assertThat(counts(site, "/[1-60]", "").values()).hasSize(PODS).allMatch(count -> count >= 5);
    }
  }

  @Test
  void aHashByAFieldKeepsEachValueAtOneEndpoint() throws Exception {
    try (IngressSite site = site("upstream-hash-by: $http_x_user")) {
      Map<String, String> owners = new HashMap<>();
      for (int user = 0; user < MANY; user++) {
        Map<String, Integer> counts = counts(site, "/[1-2]", "-H 'X-User: u" + user + "'");
        assertThat(counts).hasSize(1);
        owners.put("u" + user, counts.keySet().iterator().next());
      }
      assertThat(owners.values()).contains("pod1", "pod2", "pod3");

      pods.stop(1);
      for (Map.Entry<String, String> each : owners.entrySet()) {
        Map<String, Integer> counts = counts(site, "/[1-3]", "-H 'X-User: " + each.getKey() + "'");
        assertThat(counts).hasSize(1).doesNotContainKey("pod1");
        if (!each.getValue().equals("pod1")) {
          assertThat(counts).containsKey(each.getValue());
        }
      }
    }
  }

  @Test
  void variablesOfTheTargetAndOfCookiesTellRequestsApart() throws Exception {
    try (IngressSite site = site("upstream-hash-by: ${arg_id}-$cookie_sid")) {
      for (int id = 0; id < 4; id++) {
        assertThat(counts(site, "/[1-5]?x=1&id=" + id, "-b 'a=b; sid=s'")).hasSize(1);
      }
      Map<String, Integer> all = new HashMap<>();
      for (int id = 0; id < MANY; id++) {
        counts(site, "/?id=7", "-b 'sid=s" + id + "'")
            .forEach((pod, count) -> all.merge(pod, count, Integer::sum));
      }
      assertThat(all).hasSize(PODS);
    }
  }

  @Test
  void aSubsetServesAKeyAtRandom() throws Exception {
    try (IngressSite site =
        site(
            "upstream-hash-by: $host",
            "upstream-hash-by-subset: true",
            "upstream-hash-by-subset-size: 2")) {
      assertThat(counts(site, "/[1-40]", "").values()).hasSize(2).allMatch(count -> count >= 5);
    }
  }

  @Test
  void aServiceThatWantsItKeepsAnAddressAtOneEndpoint() throws Exception {
    Path service = folder.resolve("pods.yaml");
    Files.writeString(
        service,
        Files.readString(service).replace("spec:\n", "spec:\n  sessionAffinity: ClientIP\n"));
    try (IngressSite site = site()) {
      Map<String, Integer> all = new HashMap<>();
      for (int client = 1; client <= MANY; client++) {
        Map<String, Integer> counts = counts(site, "/[1-3]", "--interface 127.0.1." + client);
        assertThat(counts).hasSize(1);
        counts.forEach((pod, count) -> all.merge(pod, count, Integer::sum));
      }
      assertThat(all).hasSize(PODS);
    }
  }

  @Test
  void aSlowEndpointIsSparedByEwmaAndByLeastRequest() throws Exception {
    pods.stop(1);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    HttpServer slow =
        HttpServer.create(
            new InetSocketAddress(InetAddress.ofLiteral(Pods.address(1)), pods.port()), 0);
    slow.setExecutor(threads);
    slow.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Thread.sleep(400);
            byte[] text = "answered by slow\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    slow.start();
    try {
      try (IngressSite site = site("load-balance: ewma")) {
        Map<String, Integer> counts = counts(site, "/[1-60]", "");
        System.out.println("ewma, one slow: " + counts);
        assertThat(counts.getOrDefault("slow", 0)).isLessThan(10);
        assertThat(counts.get("pod2") + counts.get("pod3")).isGreaterThan(50);
      }
      try (IngressSite site = site("load-balance: least_request")) {
        Map<String, Integer> counts = counts(site, "/[1-60]", "-Z --parallel-max 6");
        System.out.println("least_request, one slow: " + counts);
        assertThat(counts.getOrDefault("slow", 0)).isLessThan(15);
        assertThat(counts.get("pod2") + counts.get("pod3")).isGreaterThan(45);
      }
    } finally {
      slow.stop(0);
      threads.shutdownNow();
    }
  }

  @Test
  void aNewEndpointStartsSlowly() throws Exception {
    pods.use(1, 2);
    try (IngressSite site =
        IngressSite.start(
            folder,
            IngressSite.config("slow-start: \"600\""),
            IngressSite.ingressTo("pods", "pods.test"))) {
      assertThat(counts(site, "/[1-20]", "").values()).containsExactly(10, 10);
      pods.use(1, 3);
      for (int i = 0; counts(site, "/[1-4]", "").containsKey("pod2"); i++) {
        assertThat(i).isLessThan(PATIENCE);
        Thread.sleep(20);
      }
      Map<String, Integer> counts = counts(site, "/[1-60]", "");
      System.out.println("slow start, just begun: " + counts);
      assertThat(counts.getOrDefault("pod3", 0)).isLessThan(15);
      assertThat(counts.get("pod1")).isGreaterThan(45);
    }
  }
}
