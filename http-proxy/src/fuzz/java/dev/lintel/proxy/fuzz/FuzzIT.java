package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the fuzzer on each target, in a process of its own, for `lintel.fuzz.seconds` (10), and
/// prints how many inputs it tried and how much of the code they reached.
class FuzzIT {
  private static final int SECONDS = Integer.getInteger("lintel.fuzz.seconds", 10);
  private static final int LONGEST_HUNT_SECONDS = 120;
  private static final int GRACE_SECONDS = 60;
  private static final Pattern PROGRESS =
      Pattern.compile("#(\\d+)\\s+(?:DONE|pulse|NEW|REDUCE|INITED)\\s+cov: (\\d+)");

  /// What is fuzzed; the name of the class, and of the folder of inputs to begin with.
  enum Target {
    HEAD(HeadTarget.class),
    CHUNK(ChunkTarget.class),
    PATH(PathTarget.class),
    FRAME(FrameTarget.class);

    private final Class<?> target;

    Target(Class<?> target) {
      this.target = target;
    }

    String seeds() {
      return target.getSimpleName().replace("Target", "").toLowerCase(Locale.ROOT);
    }
  }

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void findsNothing(Target target) throws Exception {
    String output = fuzz(target, SECONDS, false);
    assertThat(output).as("a finding: %s", output).doesNotContain("libFuzzer crashing input");
    Matcher progress = PROGRESS.matcher(output);
    long tried = 0;
    long reached = 0;
    while (progress.find()) {
      tried = Long.parseLong(progress.group(1));
      reached = Long.parseLong(progress.group(2));
    }
    System.out.printf(
        "fuzzed %s for %d s: %d inputs, %d places of the code reached%n",
        target.seeds(), SECONDS, tried, reached);
    assertThat(tried).as("inputs tried: %s", output).isPositive();
    assertThat(reached).as("places reached").isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource
  void findsAPlantedBug(Target target) throws Exception {
    assertThat(fuzz(target, LONGEST_HUNT_SECONDS, true))
        .contains("the planted bug", "libFuzzer crashing input");
  }

  /// Runs until the time is over or something is found.
  private String fuzz(Target target, int seconds, boolean planted) throws Exception {
    Path inputs = Files.createDirectories(folder.resolve("inputs"));
    Path seeds = Path.of("src/fuzz/seeds", target.seeds());
    try (Stream<Path> all = Files.list(seeds)) {
      for (Path each : all.toList()) {
        Files.copy(each, inputs.resolve(each.getFileName()));
      }
    }
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+EnableDynamicAgentLoading");
    command.add("-XX:+UseSerialGC");
    command.add("-Xmx512m");
    command.add("-Dlintel.fuzz.planted=" + planted);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + target.target.getName());
    command.add("--instrumentation_includes=dev.lintel.proxy.edge.**:dev.lintel.proxy.message.**");
    // It looks at the library's own use of memory, in a way the library does not survive.
    command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer");
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.add("-max_total_time=" + seconds);
    command.add("-print_final_stats=1");
    command.add(inputs.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(seconds + GRACE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as("the fuzzer ends in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return text(output);
  }

  /// What it printed, without the bytes of inputs, which may be anything.
  private static String text(Path output) throws IOException {
    return new String(Files.readAllBytes(output), UTF_8);
  }
}
