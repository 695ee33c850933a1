package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints that are meant for the zone come first, while there are enough that are well.
@ExtendWith(LeakCheck.class)
class ZoneIT {
  private static final Pattern POD = Pattern.compile("answered by (\\w+)");
  private static final Pattern GENERATION =
      Pattern.compile("nginx_ingress_controller_success\\{[^}]*} (\\S+)");

  private static void hint(Path folder, Pods pods, String... zones) throws Exception {
    String slice = IngressSite.service("pods", pods.port(), addresses(zones.length));
    for (int i = 1; i <= zones.length; i++) {
      String address = "[" + Pods.address(i) + "], ";
      String hints = "hints: {forZones: [{name: " + zones[i - 1] + "}]}, ";
      slice = slice.replace(address, zones[i - 1].isEmpty() ? address : address + hints);
    }
    Path made = Files.writeString(folder.resolveSibling("next"), slice);
    Files.move(made, folder.resolve("pods.yaml"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static String[] addresses(int count) {
    String[] addresses = new String[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = Pods.address(i + 1);
    }
    return addresses;
  }

  private static Map<String, Integer> counts(IngressSite site) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    Matcher found = POD.matcher(site.answer("pods.test", "/[1-12]", ""));
    while (found.find()) {
      counts.merge(found.group(1), 1, Integer::sum);
    }
    return counts;
  }

  private static String page(IngressSite site, String page) throws Exception {
    return Shell.answer("http://127.0.0.1:" + site.adminPort() + page);
  }

  private static String generation(IngressSite site) throws Exception {
    Matcher found = GENERATION.matcher(page(site, "/metrics"));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static void await(IngressSite site, String line) throws Exception {
    String text = "";
    for (int i = 0; i < 500 && !text.contains(line); i++) {
      text = page(site, "/debug/endpoints");
      Thread.sleep(10);
    }
    assertThat(text).contains(line);
  }

  @Test
  void hintsOfTheZoneAreFollowedAsTheyChangeWithoutAnotherConfiguration(@TempDir Path root)
      throws Exception {
    Path folder = Files.createDirectory(root.resolve("manifests"));
    try (Pods pods = new Pods(folder, "pods", 4)) {
      hint(folder, pods, "a", "a", "b", "b");
      try (IngressSite site =
          IngressSite.startIn("a", folder, IngressSite.ingressTo("pods", "pods.test"))) {
        assertThat(counts(site)).isEqualTo(Map.of("pod1", 6, "pod2", 6));
        String before = generation(site);

        hint(folder, pods, "b", "a", "a", "b");
        await(site, Pods.address(1) + ":" + pods.port() + " of another zone");
        assertThat(counts(site)).isEqualTo(Map.of("pod2", 6, "pod3", 6));

        hint(folder, pods, "b", "a", "a", "");
        await(site, Pods.address(1) + ":" + pods.port() + " used");
        assertThat(counts(site)).hasSize(4);

        hint(folder, pods, "b", "a", "b", "b");
        await(site, Pods.address(3) + ":" + pods.port() + " of another zone");
        pods.stop(2); // requests go elsewhere at once, and all of them after five failures
        for (int i = 0; i < 3; i++) {
          assertThat(counts(site).values().stream().mapToInt(Integer::intValue).sum())
              .isEqualTo(12);
        }
        await(site, Pods.address(2) + ":" + pods.port() + " left out");
        assertThat(counts(site)).isEqualTo(Map.of("pod1", 4, "pod3", 4, "pod4", 4));
        assertThat(generation(site)).isEqualTo(before);
      }
    }
  }
}
