package dev.lintel.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the fuzzer on each target, or on `lintel.fuzz.target` alone, for `lintel.fuzz.seconds`
/// (10), two at a time where there are processors for them, and prints how many inputs it tried and
/// how much of the code they reached.
///
/// What it found stays in `target/fuzz`, as do the inputs that reached something: the next run
/// begins with them.
class FuzzIT {
  private static final int SECONDS = Integer.getInteger("lintel.fuzz.seconds", 10);
  private static final String ONLY = System.getProperty("lintel.fuzz.target", "");
  private static final int AT_A_TIME = Math.min(2, Runtime.getRuntime().availableProcessors());
  private static final int LONGEST_HUNT_SECONDS = 120;
  private static final String MESSAGES = "dev.lintel.proxy.message.**";
  private static final String CONNECTIONS =
      MESSAGES + ":dev.lintel.proxy.edge.**:dev.lintel.proxy.h2.**:dev.lintel.proxy.exchange.**";

  private static final ExecutorService RUNS =
      Executors.newFixedThreadPool(AT_A_TIME, Thread.ofPlatform().daemon().factory());
  private static final Map<Target, Future<FuzzRun.Result>> HUNTS = new EnumMap<>(Target.class);
  private static final Map<Target, Future<FuzzRun.Result>> PLANTED = new EnumMap<>(Target.class);

  @TempDir private static Path folder;

  /// What is fuzzed.
  enum Target {
    HEAD(HeadTarget.class, MESSAGES),
    CHUNK(ChunkTarget.class, MESSAGES),
    PATH(PathTarget.class, MESSAGES),
    RESPONSE(ResponseTarget.class, MESSAGES),
    PROXYHEADER(ProxyHeaderTarget.class, "dev.lintel.proxy.l4.**"),
    GRPCWEB(GrpcWebTarget.class, "dev.lintel.proxy.grpc.**"),
    FASTCGI(FastCgiTarget.class, "dev.lintel.proxy.upstream.fcgi.**:" + MESSAGES),
    FRAME(FrameTarget.class, CONNECTIONS);

    private final Class<?> target;
    private final String reached;

    Target(Class<?> target, String reached) {
      this.target = target;
      this.reached = reached;
    }

    String lower() {
      return name().toLowerCase(Locale.ROOT);
    }

    FuzzRun run(Path folder, int seconds, boolean planted) {
      return new FuzzRun(lower(), target, reached, folder.resolve(lower()), seconds, planted);
    }
  }

  static List<Target> targets() {
    return Arrays.stream(Target.values())
        .filter(each -> ONLY.isEmpty() || each.lower().equals(ONLY))
        .toList();
  }

  @BeforeAll
  static void begin() {
    for (Target each : targets()) {
      HUNTS.put(each, RUNS.submit(each.run(Path.of("target/fuzz"), SECONDS, false)));
      PLANTED.put(each, RUNS.submit(each.run(folder, LONGEST_HUNT_SECONDS, true)));
    }
  }

  @AfterAll
  static void end() {
    RUNS.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void findsNothing(Target target) throws Exception {
    FuzzRun.Result result = HUNTS.get(target).get();
    System.out.printf("fuzzed %s for %d s: %s%n", target.lower(), SECONDS, result.progress());
    assertThat(result.isFinding()).as("a finding: %s", result.output()).isFalse();
    assertThat(result.ended()).as("the fuzzer ends in time").isTrue();
    assertThat(result.progress().inputs()).as("inputs tried: %s", result.output()).isPositive();
    assertThat(result.progress().places()).as("places reached").isGreaterThan(1);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void findsAPlantedBug(Target target) throws Exception {
    assertThat(PLANTED.get(target).get().output())
        .contains("the planted bug", "libFuzzer crashing input");
  }
}
