package dev.lintel.ingress.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.Declarations;
import dev.lintel.ingress.feature.FastCgiRules;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Features;
import dev.lintel.ingress.feature.GlobalRules;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Unbuilt;
import dev.lintel.ingress.feature.Unbuilt.Standing;
import dev.lintel.ingress.feature.UnbuiltAnnotations;
import dev.lintel.ingress.feature.UnbuiltKeys;
import dev.lintel.ingress.feature.UpstreamRules;
import dev.lintel.ingress.feature.UpstreamTlsRules;
import dev.lintel.ingress.plan.PlanPrinter;
import dev.lintel.proxy.observe.MetricFamilies;
import dev.lintel.proxy.observe.MetricFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The pages that are made from the declarations in the code. `-Ddocs.update` rewrites them.
class DocsTest {
  private static final boolean UPDATE = System.getProperty("docs.update") != null;
  private static final String MADE =
      "<!-- Made by DocsTest from the declarations in the code; `make docs` rewrites it. -->\n";

  @Test
  void annotationsPageIsWhatTheCodeDeclares() throws IOException {
    StringBuilder page = new StringBuilder(MADE);
    page.append("# Annotations\n\n")
        .append("Names stand under `nginx.ingress.kubernetes.io/` (or what `--annotations-prefix` ")
        .append("says) unless they begin with `lintel.dev/`. Every line of a value is trimmed; an ")
        .append("empty value counts as one that cannot be read. A **guard** that cannot be read ")
        .append("closes the routes of its Ingress (503 and a problem); anything else that cannot ")
        .append("be read counts as not written, with a problem.\n");
    Set<Setting<?>> shown = new HashSet<>();
    for (Map.Entry<String, List<Setting<?>>> group : groups().entrySet()) {
      List<Setting<?>> rows =
          group.getValue().stream().filter(Setting::isAnnotation).filter(shown::add).toList();
      if (!rows.isEmpty()) {
        page.append("\n## ").append(group.getKey()).append('\n').append(TABLE_HEAD);
        rows.forEach(
            setting -> page.append(row(setting, setting.label(), " Also a ConfigMap key.")));
      }
    }
    page.append("\n# Known, and not carried out\n\n")
        .append("A guard among these closes the routes of its Ingress, unless its value asks for ")
        .append("nothing; it is never ignored. All others are ignored, with a problem.\n");
    unbuilt(page, UnbuiltAnnotations.ALL);
    compare("annotations.md", page);
  }

  @Test
  void configMapPageIsWhatTheCodeDeclares() throws IOException {
    StringBuilder page = new StringBuilder(MADE);
    page.append("# ConfigMap keys\n\n")
        .append("Keys of the ConfigMap named by `--configmap`. Where a setting is an annotation ")
        .append("too, the annotation wins.\n\n")
        .append(TABLE_HEAD.strip())
        .append('\n');
    Declarations.ALL.stream()
        .filter(setting -> setting.configMapKey() != null)
        .sorted(Comparator.comparing(setting -> String.valueOf(setting.configMapKey())))
        .forEach(
            setting ->
                page.append(
                    row(setting, String.valueOf(setting.configMapKey()), " Also an annotation.")));
    page.append("\n# Known, and not carried out\n\n")
        .append("A guard among these closes **every** route, unless its value asks for nothing. ")
        .append("All others are ignored, with a problem.\n");
    unbuilt(page, UnbuiltKeys.ALL);
    compare("configmap.md", page);
  }

  @Test
  void problemsPageShowsEveryKindByExample() throws IOException {
    Map<String, Set<String>> kinds = new LinkedHashMap<>();
    KINDS.keySet().forEach(kind -> kinds.put(kind, new LinkedHashSet<>()));
    for (Path file : GoldenTest.cases()) {
      for (String line : PlanPrinter.print(GoldenTest.compile(file).problems()).lines().toList()) {
        int end = line.lastIndexOf("   (");
        String kind = line.substring(end + 4, line.lastIndexOf(','));
        Set<String> examples = kinds.get(kind);
        assertThat(examples).as("a kind without words for it: " + kind).isNotNull();
        if (examples.size() < 4 && examples.stream().noneMatch(e -> alike(e, line))) {
          examples.add(line.substring(0, end));
        }
      }
    }
    StringBuilder page = new StringBuilder(MADE);
    page.append("# Problems\n\n")
        .append("What a user wrote and Lintel cannot honour as written. The same sentences show ")
        .append("as Events, in metrics and under `/debug/plan`: the object, the subject, what was ")
        .append("found, what was expected, and the effect.\n");
    kinds.forEach(
        (kind, examples) -> {
          page.append("\n## ")
              .append(kind)
              .append("\n")
              .append(KINDS.getOrDefault(kind, ""))
              .append('\n');
          if (!examples.isEmpty()) {
            page.append("\n```\n").append(String.join("\n", examples)).append("\n```\n");
          }
        });
    compare("problems.md", page);
  }

  @Test
  void metricsPageIsWhatTheCodeDeclares() throws IOException {
    StringBuilder page = new StringBuilder(MADE);
    page.append("# Metrics\n\n")
        .append(
            "What `/metrics` on the admin port answers, in Prometheus' text format. Names that ")
        .append("begin with `nginx_ingress_controller_` are ingress-nginx's and mean the same; ")
        .append("those with `lintel_` are Lintel's own. How to use them: ")
        .append("[observability](observability.md).\n\n")
        .append("| Name | Type | Labels | What it tells |\n|---|---|---|---|\n");
    for (MetricFamily each : MetricFamilies.ALL) {
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  each.name(),
                  each.type().name().toLowerCase(Locale.ROOT),
                  each.labels().isEmpty() ? "" : "`" + String.join("`, `", each.labels()) + "`",
                  cell(each.help())));
    }
    compare("metrics.md", page);
  }

  @Test
  void everySettingIsDeclaredForReaders() {
    for (Setting<?> setting : Declarations.ALL) {
      assertThat(setting.text()).as(setting.label()).endsWith(".");
      if (setting.isAnnotation()) {
        assertThat(UnbuiltAnnotations.ALL).doesNotContainKey(setting.name());
      }
      if (setting.configMapKey() != null) {
        assertThat(UnbuiltKeys.ALL).doesNotContainKey(setting.configMapKey());
      }
    }
  }

  private static final Map<String, String> KINDS = kinds();

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("invalid value", "A value outside its grammar or bounds.");
    kinds.put("unresolved reference", "An object or port that does not exist or cannot be used.");
    kinds.put("conflict", "Two objects want the same; the one named lost.");
    kinds.put("unsupported", "A setting, known or not, that is not carried out.");
    kinds.put("denied", "A guard that cannot be honoured: what it guards answers 503.");
    kinds.put(
        "internal error", "A fault of Lintel itself; the object is left out, all else stays.");
    return kinds;
  }

  private static final String TABLE_HEAD =
      "\n| Name | Value | Default | Guard | Risk | What it does |\n|---|---|---|---|---|---|\n";

  private static Map<String, List<Setting<?>>> groups() {
    Map<String, List<Setting<?>>> groups = new LinkedHashMap<>();
    for (Feature<?> feature : Features.ALL) {
      groups.put(feature.id(), feature.settings());
    }
    groups.put("Rules of a host", HostRules.ALL);
    groups.put("TLS towards upstreams", UpstreamTlsRules.ALL);
    groups.put("FastCGI", FastCgiRules.ALL);
    groups.put("Guards of an upstream", UpstreamRules.ALL);
    groups.put("All routes", GlobalRules.ALL);
    return groups;
  }

  private static String row(Setting<?> setting, String name, String also) {
    String aliases =
        setting.aliases().isEmpty() || !name.equals(setting.label())
            ? ""
            : " (older: `" + String.join("`, `", setting.aliases()) + "`)";
    String key = setting.isAnnotation() && setting.configMapKey() != null ? also : "";
    return "| `%s`%s | %s | %s | %s | %s | %s%s |\n"
        .formatted(
            name,
            aliases,
            cell(setting.grammar().describe()),
            setting.shownDefault().isEmpty() ? "" : "`" + cell(setting.shownDefault()) + "`",
            setting.isGuard() ? "**yes**" : "",
            setting.risk(),
            cell(setting.text()),
            key);
  }

  private static void unbuilt(StringBuilder page, Map<String, Unbuilt> all) {
    Map<Standing, String> words = new LinkedHashMap<>();
    words.put(Standing.GUARD, "Guards: they close");
    words.put(Standing.BEHAVIOUR, "Ignored: they change how requests are served");
    words.put(Standing.DETAIL, "Ignored: details of another one");
    words.put(Standing.MECHANICS, "Ignored: mechanics of nginx");
    words.put(Standing.REMOVED, "Ignored: no longer read by ingress-nginx either");
    words.forEach(
        (standing, title) -> {
          page.append("\n## ")
              .append(title)
              .append("\n\n| Name | Asks for | Instead |\n|---|---|---|\n");
          all.values().stream()
              .filter(row -> row.standing() == standing)
              .forEach(
                  row ->
                      page.append(
                          "| `%s` | %s%s | %s |\n"
                              .formatted(
                                  row.name(),
                                  cell(row.about()),
                                  row.harmless().isEmpty()
                                      ? ""
                                      : " (not by `" + cell(row.harmless()) + "`)",
                                  cell(row.instead()))));
        });
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  /// Whether two sentences say the same about different objects.
  private static boolean alike(String example, String line) {
    return example
        .substring(example.indexOf(": "))
        .regionMatches(0, line.substring(line.indexOf(": ")), 0, 12);
  }

  private static void compare(String name, CharSequence page) throws IOException {
    Path file = docs().resolve(name);
    if (UPDATE) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, page);
    }
    String present = Files.exists(file) ? CompileCase.text(file) : "";
    assertThat(present)
        .as(name + " is out of date (-Ddocs.update rewrites it)")
        .isEqualTo(page.toString());
  }

  private static Path docs() {
    List<Path> places = new ArrayList<>();
    Path here = Path.of("").toAbsolutePath();
    places.add(here);
    places.add(here.getParent());
    return places.stream()
        .filter(place -> Files.exists(place.resolve("Makefile")))
        .findFirst()
        .orElseThrow()
        .resolve("docs");
  }
}
