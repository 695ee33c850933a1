package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The fuzzer on one target, in a process of its own, until the time is over or something is found.
/// Says every half a minute how far it has come.
///
/// @param name of the target; also of the folder of inputs to begin with
/// @param reached packages whose coverage guides it
/// @param folder what it keeps: inputs that reached something new, its output, what it found
/// @param planted whether the target pretends to have a bug
record FuzzRun(
    String name, Class<?> target, String reached, Path folder, int seconds, boolean planted)
    implements Callable<FuzzRun.Result> {
  private static final int GRACE_SECONDS = 60;
  private static final int PROGRESS_SECONDS = 30;
  private static final int MOST_MEGABYTES = 1_536;

  /// What is over sooner is over before the optimizing compiler has paid for itself.
  private static final int LONG_SECONDS = 60;

  /// No input may take longer.
  private static final int INPUT_SECONDS = 10;

  private static final Pattern PROGRESS =
      Pattern.compile("#(\\d+)\\s+\\w+\\s+cov: (\\d+).*?exec/s: (\\d+) rss: (\\d+)Mb");

  /// How it ended.
  ///
  /// @param ended whether in time
  record Result(String output, boolean ended, Progress progress) {
    boolean isFinding() {
      return output.contains("libFuzzer crashing input")
          || output.contains("ERROR: libFuzzer")
          || output.contains("Java Exception");
    }
  }

  /// How far it came.
  record Progress(long inputs, long places, long perSecond, long megabytes) {
    static Progress of(String output) {
      Progress last = new Progress(0, 0, 0, 0);
      Matcher matcher = PROGRESS.matcher(output);
      while (matcher.find()) {
        last =
            new Progress(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)));
      }
      return last;
    }

    @Override
    public String toString() {
      return "%d inputs, %d a second, %d places of the code reached, %d MiB"
          .formatted(inputs, perSecond, places, megabytes);
    }
  }

  @Override
  public Result call() throws Exception {
    Path inputs = Files.createDirectories(folder.resolve("inputs"));
    try (Stream<Path> all = Files.list(Path.of("src/fuzz/seeds", name))) {
      for (Path each : all.toList()) {
        Path to = inputs.resolve(each.getFileName());
        if (!Files.exists(to)) {
          Files.copy(each, to);
        }
      }
    }
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command(inputs))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = false;
    try {
      int left = seconds + GRACE_SECONDS;
      while (!ended && left > 0) {
        ended = process.waitFor(PROGRESS_SECONDS, TimeUnit.SECONDS);
        left -= PROGRESS_SECONDS;
        if (!ended && !planted) {
          System.out.printf("fuzzing %s: %s%n", name, Progress.of(text(output)));
        }
      }
    } finally {
      process.destroyForcibly();
    }
    String text = text(output);
    return new Result(text, ended, Progress.of(text));
  }

  private List<String> command(Path inputs) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+EnableDynamicAgentLoading");
    command.add("-XX:+UseSerialGC");
    command.add("-Xmx512m");
    if (planted || seconds < LONG_SECONDS) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    // Each byte of a buffer is counted, which finds more than a sample of leaks does.
    command.add("-Dio.netty.allocator.type=unpooled");
    command.add("-Dio.netty.leakDetection.level=disabled");
    command.add("-Dlintel.fuzz.planted=" + planted);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + target.getName());
    // The target's own branches as well: on what was read whole they say the most.
    command.add("--instrumentation_includes=" + reached + ":" + target.getName());
    // It looks at the library's own use of memory, in a way the library does not survive.
    command.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer");
    command.add("--reproducer_path=" + folder);
    command.add("-artifact_prefix=" + folder + "/");
    command.add("-max_total_time=" + seconds);
    command.add("-timeout=" + INPUT_SECONDS);
    command.add("-rss_limit_mb=" + MOST_MEGABYTES);
    command.add("-print_final_stats=1");
    command.add(inputs.toString());
    return command;
  }

  /// What it printed, without the bytes of inputs, which may be anything.
  private static String text(Path output) throws IOException {
    return new String(Files.readAllBytes(output), UTF_8);
  }
}
