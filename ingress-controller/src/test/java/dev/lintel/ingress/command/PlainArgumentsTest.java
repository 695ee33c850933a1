package dev.lintel.ingress.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// What is read without the library is read as the library reads it.
class PlainArgumentsTest {
  private static final Path FOLDER = Path.of("folder");

  @ParameterizedTest
  @MethodSource("everyFlagOfTheController")
  void theControllersFlagsMeanTheSame(List<String> args) {
    PlainArguments plain = PlainArguments.read(ControllerFlags.ALL, args);

    assertThat(plain).as("ordinary").isNotNull();
    assertThat(plain.operands()).isEmpty();
    assertThat(outcome(() -> new FlagValues(plain.values())))
        .isEqualTo(
            outcome(
                () ->
                    ControllerCommand.values(
                        library(ControllerCommand.spec()).parseArgs(array(args)))));
  }

  static Stream<List<String>> everyFlagOfTheController() {
    Stream<List<String>> one =
        ControllerFlags.ALL.stream()
            .flatMap(
                flag ->
                    Stream.of("0", "false", "443", "30s", "1,2.5", "a/b", "x=y", "70000", "a b")
                        .map(value -> List.of(flag.name() + "=" + value)));
    Stream<List<String>> several =
        Stream.of(
                "",
                "--http-port 8080 --https-port=8443 --http-port 8081",
                "--enable-metrics --update-status=false --profiling",
                "--enable-metrics --metrics-per-host=T",
                "-v=3",
                "-v 3",
                "--v=4 -v=2",
                "--publish-service=a/b --publish-status-address=1.2.3.4",
                "--http-port=8080 --https-port=8080",
                "--shutdown-grace-period=7 --status-update-interval=1")
            .map(line -> line.isEmpty() ? List.of() : List.of(line.split(" ")));
    return Stream.concat(one, several);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--http-port=0 --https-port=0 --admin-port=0",
        "--http-port 80 --https-port 443",
        "--http-port=65536",
        "--http-port=999999999",
        "--access-log-path=off -v=3",
        "-v 1 --drain-timeout=3 --drain-timeout=4",
        "--configmap=a/b --access-log-path=/tmp/log",
        "--configmap=noslash"
      })
  void theFlagsOfServeMeanTheSame(String line) {
    List<String> args = line.isEmpty() ? List.of() : List.of(line.split(" "));
    PlainArguments plain = PlainArguments.read(ListenOptions.FLAGS, args);
    assertThat(plain).as("ordinary").isNotNull();
    ListenOptions options = Objects.requireNonNull(ListenOptions.of(plain.values()));

    ListenOptions expected = new ListenOptions();
    library(CommandLine.Model.CommandSpec.forAnnotatedObject(expected)).parseArgs(array(args));

    assertThat(options.verbosity()).isEqualTo(expected.verbosity());
    assertThat(outcome(() -> options.config(FOLDER)))
        .isEqualTo(outcome(() -> expected.config(FOLDER)));
  }

  @Test
  void everyOptionOfServeIsKnown() {
    assertThat(ListenOptions.FLAGS)
        .extracting(Flag::name)
        .containsExactlyInAnyOrderElementsOf(
            CommandLine.Model.CommandSpec.forAnnotatedObject(new ListenOptions())
                .optionsMap()
                .keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "-h",
        "--htp-port=80",
        "-http-port=80",
        "--http-port=",
        "--http-port",
        "--http-port --https-port",
        "--http-port=\"80\"",
        "--enable-metrics false",
        "--enable-metrics -v=3",
        "-v3",
        "--",
        "@file"
      })
  void whatIsUnusualIsLeftToTheLibrary(String line) {
    assertThat(PlainArguments.read(ControllerFlags.ALL, List.of(line.split(" ")))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"010", "0x50", "-1", "+1", "eighty", "9999999999"})
  void aNumberThatIsNoPlainOneIsLeftToTheLibrary(String number) {
    PlainArguments plain =
        PlainArguments.read(ListenOptions.FLAGS, List.of("--http-port=" + number));

    assertThat(ListenOptions.of(Objects.requireNonNull(plain).values())).isNull();
  }

  @Test
  void whatIsNoFlagIsAnOperand() {
    PlainArguments plain =
        PlainArguments.read(ListenOptions.FLAGS, List.of("a", "--http-port", "1", "b=c"));

    assertThat(Objects.requireNonNull(plain).operands()).containsExactly("a", "b=c");
  }

  private static CommandLine library(CommandLine.Model.CommandSpec spec) {
    return new CommandLine(spec)
        .setOverwrittenOptionsAllowed(true)
        .setUnmatchedOptionsAllowedAsOptionParameters(false);
  }

  private static String[] array(List<String> args) {
    return args.toArray(String[]::new);
  }

  /// The configuration and the warnings, or the sentence that refuses it.
  private static Object outcome(java.util.function.Supplier<Object> read) {
    List<String> warnings = new ArrayList<>();
    try {
      Object result = read.get();
      return result instanceof FlagValues values
          ? Arrays.asList(new ControllerArguments(values, warnings::add).config(), warnings)
          : result;
    } catch (UsageError e) {
      return String.valueOf(e.getMessage());
    }
  }
}
