package dev.lintel.ingress.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.PlanPrinter;
import dev.lintel.ingress.snapshot.ObjectView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The compiler by example: each `golden/<topic>/<case>.yaml` holds manifests, the `.plan` beside
/// it what they become, and `.problems` what users are told. Each sees the objects of
/// `cluster.yaml` too. The first line of a case says what it shows; a line `# flags: --flag=value`
/// sets flags.
///
/// `-Dgolden.update` rewrites the results and removes those without a case. Read the difference.
class GoldenTest {
  private static final boolean UPDATE = System.getProperty("golden.update") != null;
  private static final String FLAGS = "# flags:";

  @TestFactory
  Stream<DynamicTest> compilesTo() throws IOException {
    return cases().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    CompileCase.GOLDEN.relativize(file).toString(), () -> check(file)));
  }

  @Test
  void everyCaseSaysWhatItShows() throws IOException {
    for (Path file : cases()) {
      assertThat(CompileCase.text(file)).as(file.toString()).startsWith("# ");
    }
  }

  @Test
  void noResultIsWithoutItsCase() throws IOException {
    Set<Path> orphans = new TreeSet<>();
    try (Stream<Path> files = Files.walk(CompileCase.GOLDEN)) {
      files
          .filter(file -> file.toString().matches(".*\\.(plan|problems)"))
          .filter(file -> !Files.exists(sibling(file, ".yaml")))
          .forEach(orphans::add);
    }
    if (UPDATE) {
      for (Path orphan : orphans) {
        Files.delete(orphan);
      }
      orphans.clear();
    }
    assertThat(orphans).isEmpty();
  }

  private static void check(Path file) throws IOException {
    Compilation compilation = compile(file);
    compare(sibling(file, ".plan"), PlanPrinter.print(compilation.plan()));
    compare(sibling(file, ".problems"), PlanPrinter.print(compilation.problems()));
  }

  /// What a case becomes.
  static Compilation compile(Path file) {
    String text = CompileCase.text(file);
    String flags =
        text.lines()
            .filter(line -> line.startsWith(FLAGS))
            .map(line -> line.substring(FLAGS.length()))
            .findFirst()
            .orElse("");
    List<ObjectView> objects = new ArrayList<>(CompileCase.cluster());
    objects.addAll(CompileCase.objects(text));
    return PlanCompiler.compile(CompileCase.snapshot(objects), CompileCase.options(flags));
  }

  private static void compare(Path expected, String actual) throws IOException {
    if (UPDATE) {
      if (actual.isEmpty()) {
        Files.deleteIfExists(expected);
      } else {
        Files.writeString(expected, actual);
      }
      return;
    }
    String text = Files.exists(expected) ? CompileCase.text(expected) : "";
    assertThat(actual).as(expected + " (-Dgolden.update rewrites it)").isEqualTo(text);
  }

  private static Path sibling(Path file, String extension) {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + extension);
  }

  /// All cases, sorted.
  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.walk(CompileCase.GOLDEN)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.getParent().equals(CompileCase.GOLDEN))
          .sorted()
          .toList();
    }
  }
}
