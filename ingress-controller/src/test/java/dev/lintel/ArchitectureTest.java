package dev.lintel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The map of the house: which package may see which. A new package gets a line here first.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.lintel");

  /// One line of the map: the package (its sub-packages have lines of their own, unless it ends in
  /// `.*`) and the packages of this project it may import beside itself.
  private record Line(String name, List<String> sees) {
    Line(String name, String... sees) {
      this(name, List.of(sees));
    }
  }

  private static final String[] ALL_OF_PROXY = {
    "tls",
    "proxy",
    "proxy.body",
    "proxy.edge",
    "proxy.exchange",
    "proxy.failure",
    "proxy.filter",
    "proxy.l4",
    "proxy.loop",
    "proxy.message",
    "proxy.observe",
    "proxy.route",
    "proxy.trace",
    "proxy.upstream",
    "proxy.upstream.balance",
    "proxy.upstream.fcgi",
    "proxy.upstream.guard",
    "proxy.upstream.h2"
  };

  /// Data plane first, then the way of the data through the control plane.
  private static final List<Line> MAP =
      List.of(
          new Line("tls"),
          new Line("proxy.*", "tls"),
          new Line("ingress.problem"),
          new Line("ingress.snapshot", "ingress.problem", "tls"),
          new Line("ingress.kube", "ingress.snapshot", "ingress.problem", "tls"),
          new Line("ingress.folder", "ingress.snapshot", "ingress.problem", "tls"),
          new Line("ingress.plan", "ingress.problem", "ingress.snapshot", "tls"),
          new Line(
              "ingress.feature",
              "ingress.feature.*", // the one list of them, Features.ALL
              "ingress.plan",
              "ingress.problem",
              "ingress.snapshot",
              "proxy.body",
              "proxy.exchange",
              "proxy.failure",
              "proxy.filter",
              "proxy.loop",
              "proxy.message",
              "proxy.observe", // the variables that requests are hashed by
              "proxy.route",
              "proxy.trace",
              "proxy.upstream",
              "proxy.upstream.balance",
              "proxy.upstream.guard",
              "tls"), // which client certificates a host takes
          new Line(
              "ingress.feature.*",
              "ingress.feature",
              "ingress.problem",
              "ingress.snapshot",
              "proxy.body",
              "proxy.exchange",
              "proxy.failure",
              "proxy.filter",
              "proxy.loop",
              "proxy.message",
              "proxy.observe", // the variables that requests are hashed by
              "proxy.route",
              "proxy.trace",
              "proxy.upstream",
              "proxy.upstream.balance",
              "proxy.upstream.guard",
              "tls"),
          new Line(
              "ingress.compile",
              "ingress.feature",
              "ingress.feature.*",
              "ingress.plan",
              "ingress.problem",
              "ingress.snapshot",
              "proxy.route", // to know whether a regex compiles
              "proxy.observe", // to know whether a log format parses
              "proxy.upstream.fcgi", // to know whether a parameter parses
              "tls"),
          new Line("ingress.names", "ingress.feature", "ingress.problem", "proxy.upstream"),
          new Line(
              "ingress.link",
              with(
                  ALL_OF_PROXY,
                  "ingress.feature",
                  "ingress.names",
                  "ingress.plan",
                  "ingress.problem",
                  "ingress.snapshot")), // slices go straight to the upstreams
          new Line(
              "ingress.status",
              "ingress.kube", // the connection
              "ingress.plan",
              "ingress.problem",
              "ingress.snapshot"),
          new Line(
              "ingress.admin",
              "ingress.plan",
              "ingress.problem",
              "ingress.snapshot",
              "proxy.observe"),
          new Line("ingress.demo"),
          new Line("ingress.command", "*"), // the outermost layer wires everything
          new Line("ingress", "*"));

  @TestFactory
  Stream<DynamicTest> aPackageSeesOnlyWhatTheMapAllows() {
    return MAP.stream().map(line -> DynamicTest.dynamicTest(line.name(), () -> check(line)));
  }

  @Test
  void everyPackageHasItsLineInTheMap() {
    DescribedPredicate<JavaClass> mapped = in(MAP.stream().map(Line::name).toArray(String[]::new));
    assertThat(CLASSES.that(not(mapped)))
        .as("classes of packages that the map in ArchitectureTest does not name")
        .isEmpty();
  }

  @Test
  void noFeatureSeesAnother() {
    holds(
        slices()
            .matching("dev.lintel.ingress.feature.(*)..")
            .should()
            .notDependOnEachOther()
            .as("a feature is a package of its own: what two share belongs to ingress.feature"));
  }

  @Test
  void onlyTheSourcesAndTheStatusWriterKnowTheKubernetesClient() {
    holds(
        noClasses()
            .that(
                not(
                    resideInAnyPackage(
                        "dev.lintel.ingress.kube..",
                        "dev.lintel.ingress.folder..",
                        "dev.lintel.ingress.status..")))
            .should()
            .dependOnClassesThat(resideInAPackage("io.fabric8.."))
            .because("everything else sees Kubernetes as the records of ingress.snapshot"));
  }

  @Test
  void onlyTheSourcesReadYaml() {
    holds(
        noClasses()
            .that(
                not(resideInAnyPackage("dev.lintel.ingress.kube..", "dev.lintel.ingress.folder..")))
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.snakeyaml..", "tools.jackson.."))
            .because("manifests become records where they enter"));
  }

  @Test
  void resilienceStandsInTwoPlaces() {
    holds(
        noClasses()
            .that(
                not(
                    resideInAnyPackage(
                        "dev.lintel.proxy.upstream.guard..", "dev.lintel.ingress.status..")))
            .should()
            .dependOnClassesThat(resideInAPackage("io.github.resilience4j.."))
            .because("breakers and bulkheads guard an upstream, retries and limits guard writes"));
  }

  @Test
  void theDefinitionSideHasNoNetty() {
    holds(
        noClasses()
            .that(
                in(
                    "ingress.snapshot",
                    "ingress.problem",
                    "ingress.plan",
                    "ingress.compile",
                    "ingress.kube",
                    "ingress.folder",
                    "ingress.status"))
            .should()
            .dependOnClassesThat(resideInAPackage("io.netty.."))
            .because("a plan is a definition; buffers and sockets begin in ingress.link"));
  }

  @Test
  void nothingBehindTheEdgeSeesTheEdge() {
    holds(
        noClasses()
            .that(
                in(
                    "proxy.failure",
                    "proxy.filter",
                    "proxy.h2",
                    "proxy.l4",
                    "proxy.message",
                    "proxy.observe",
                    "proxy.overload",
                    "proxy.route",
                    "proxy.trace",
                    "proxy.upstream.*"))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.lintel.proxy.edge.."))
            .because("the edge is the outermost layer: it calls, it is not called"));
  }

  @Test
  void theEventLoopUsesNoStreamsAndNoOptional() {
    holds(
        noClasses()
            .that(
                in(
                    "proxy.edge",
                    "proxy.exchange",
                    "proxy.filter",
                    "proxy.failure",
                    "proxy.h2",
                    "proxy.l4",
                    "proxy.message",
                    "proxy.trace"))
            .or(
                in(
                    "proxy.upstream",
                    "proxy.upstream.balance",
                    "proxy.upstream.fcgi",
                    "proxy.upstream.h2"))
            .should()
            .dependOnClassesThat(resideInAPackage("java.util.stream..").or(new NamedOptional()))
            .because("each request would pay for their objects"));
  }

  private static void check(Line line) {
    String[] allowed = with(line.sees().toArray(String[]::new), line.name());
    holds(
        noClasses()
            .that(in(line.name()))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.lintel..").and(not(in(allowed))))
            .as("dev.lintel." + line.name() + " sees only " + List.of(allowed)));
  }

  private static void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  /// Packages by their names in the map: `a.b` is that package alone, `a.*` everything from `a`
  /// down, `ingress.feature.*` only what is below it, `*` everything.
  private static DescribedPredicate<JavaClass> in(String... names) {
    List<String> patterns = new ArrayList<>();
    for (String name : names) {
      if (name.equals("*")) {
        patterns.add("dev.lintel..");
      } else if (name.equals("ingress.feature.*")) {
        patterns.add("dev.lintel.ingress.feature.*..");
      } else if (name.endsWith(".*")) {
        patterns.add("dev.lintel." + name.substring(0, name.length() - 2) + "..");
      } else {
        patterns.add("dev.lintel." + name);
      }
    }
    return resideInAnyPackage(patterns.toArray(String[]::new));
  }

  private static String[] with(String[] names, String... more) {
    List<String> all = new ArrayList<>(List.of(names));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static final class NamedOptional extends DescribedPredicate<JavaClass> {
    NamedOptional() {
      super("Optional");
    }

    @Override
    public boolean test(JavaClass candidate) {
      return candidate.isEquivalentTo(java.util.Optional.class);
    }
  }
}
