package dev.lintel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rules that only the source text can answer, most of them over the main sources of all modules.
class SourceRulesTest {
  private static final int LONGEST_CLASS = 400;
  private static final String EXCUSE = "Longer than " + LONGEST_CLASS + " lines because";

  private static final Pattern EMPTY_WORD =
      Pattern.compile(".*(Impl|Manager|Helper|Utils?)|(Abstract|Base|Default|Util)[A-Z].*|.*Base");
  private static final Pattern GETTER =
      Pattern.compile("\\bget[A-Z]\\w*\\(\\)\\s*(throws .*)?[;{]");
  private static final Pattern HISTORY = Pattern.compile("@author|@since|\\b(TODO|FIXME|XXX)\\b");

  private record Source(Path file, String text) {
    @Override
    public String toString() {
      return file.toString();
    }

    String name() {
      String name = file.getFileName().toString();
      return name.substring(0, name.length() - ".java".length());
    }

    List<String> lines() {
      return text.lines().toList();
    }
  }

  private static final List<Source> SOURCES =
      read("src/main/java", List.of("tls", "http-proxy", "ingress-controller"));

  @Test
  void noClassIsTooLongWithoutAReason() {
    assertThat(SOURCES)
        .as(
            "files over %d lines whose Javadoc has no sentence that begins “%s”",
            LONGEST_CLASS, EXCUSE)
        .filteredOn(source -> source.lines().size() > LONGEST_CLASS)
        .filteredOn(source -> !javadocOf(source).contains(EXCUSE))
        .extracting(source -> source.file() + ": " + source.lines().size())
        .isEmpty();
  }

  @Test
  void namesSayWhatAThingIs() {
    assertThat(SOURCES)
        .as("types named by a word that says nothing (CONTRIBUTING.md, Conventions)")
        .filteredOn(source -> EMPTY_WORD.matcher(source.name()).matches())
        .extracting(Source::file)
        .isEmpty();
  }

  @Test
  void accessorsAreNamedWithoutGet() {
    List<String> found = new ArrayList<>();
    for (Source source : SOURCES) {
      List<String> lines = source.lines();
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).strip();
        boolean declares =
            line.matches(
                    "(public |protected |private |static |final |abstract |default )*[\\w<>\\[\\]?@., ]+ .*")
                && !line.startsWith("return ")
                && !line.contains("=")
                && !line.startsWith("//");
        Matcher getter = GETTER.matcher(line);
        if (declares
            && getter.find()
            && !line.substring(0, getter.start()).contains(".")
            && !(i > 0 && lines.get(i - 1).contains("@Override"))) {
          found.add(source.file() + ":" + (i + 1) + ": " + line);
        }
      }
    }
    assertThat(found).as("accessors with a `get` in front").isEmpty();
  }

  @Test
  void everyPackageIsNullMarkedAndExplained() {
    List<Path> packages =
        SOURCES.stream().map(source -> source.file().getParent()).distinct().toList();
    assertThat(packages).isNotEmpty();
    for (Path dir : packages) {
      Path info = root().resolve(dir).resolve("package-info.java");
      assertThat(info).exists();
      assertThat(info).content().startsWith("///").contains("@NullMarked");
    }
  }

  @Test
  void javadocIsMarkdown() {
    assertThat(SOURCES)
        .as("files with old-style Javadoc; write `///`")
        .filteredOn(
            source -> source.lines().stream().anyMatch(line -> line.strip().startsWith("/**")))
        .extracting(Source::file)
        .isEmpty();
  }

  @Test
  void everyTopLevelTypeSaysWhatItIs() {
    assertThat(SOURCES)
        .as("files whose type has no Javadoc")
        .filteredOn(source -> !source.name().equals("package-info"))
        .filteredOn(source -> javadocOf(source).isEmpty())
        .extracting(Source::file)
        .isEmpty();
  }

  @Test
  void sourcesTellNoHistory() {
    assertThat(SOURCES)
        .as("files with authors, dates of origin or unfinished business")
        .filteredOn(source -> HISTORY.matcher(source.text()).find())
        .extracting(Source::file)
        .isEmpty();
  }

  @Test
  void everyTestOnSocketsLooksForLostBuffers() {
    assertThat(read("src/test/java", List.of("http-proxy", "ingress-controller")))
        .filteredOn(source -> source.name().endsWith("IT"))
        // Where objects are counted, or memory in thousands of connections, tracking buffers would
        // be counted as well.
        .filteredOn(source -> !source.name().endsWith("AllocationIT"))
        .filteredOn(source -> !source.text().startsWith("package dev.lintel.load;"))
        .as("tests without @ExtendWith(LeakCheck.class)")
        .isNotEmpty()
        .allMatch(source -> source.text().contains("@ExtendWith(LeakCheck.class)"));
  }

  /// The Javadoc of the file's first type: the `///` lines at the left edge.
  private static String javadocOf(Source source) {
    StringBuilder text = new StringBuilder();
    for (String line : source.lines()) {
      if (line.startsWith("///")) {
        text.append(line.substring(3).strip()).append(' ');
      }
    }
    return text.toString();
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("Makefile")) ? here : here.getParent();
  }

  private static List<Source> read(String folder, List<String> modules) {
    List<Source> sources = new ArrayList<>();
    for (String module : modules) {
      Path main = root().resolve(module).resolve(folder);
      try (Stream<Path> files = Files.walk(main)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          sources.add(new Source(root().relativize(file), Files.readString(file)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the sources under " + main, e);
      }
    }
    return sources;
  }
}
