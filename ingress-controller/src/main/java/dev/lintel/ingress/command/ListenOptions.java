package dev.lintel.ingress.command;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.ControllerConfig.Drain;
import dev.lintel.ingress.ControllerConfig.Folder;
import dev.lintel.ingress.ControllerConfig.Listening;
import dev.lintel.ingress.ControllerConfig.MetricsChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Option;

/// The options of `serve` and `demo`, which serve a folder on this machine.
final class ListenOptions {
  @Option(
      names = "--http-port",
      paramLabel = "<port>",
      description = "Port of plain HTTP; 0 for any free one. Preset: ${DEFAULT-VALUE}.")
  private int httpPort = 8080;

  @Option(
      names = "--https-port",
      paramLabel = "<port>",
      description = "Port of HTTPS; 0 for any free one. Preset: ${DEFAULT-VALUE}.")
  private int httpsPort = 8443;

  @Option(
      names = "--admin-port",
      paramLabel = "<port>",
      description =
          "Port of health, metrics and debug pages; 0 for any free one. Preset: ${DEFAULT-VALUE}.")
  private int adminPort = 10254;

  @Option(
      names = "--access-log-path",
      paramLabel = "<path>",
      description = "`stdout`, `off`, or a file to append to. Preset: ${DEFAULT-VALUE}.")
  private String accessLog = "stdout";

  @Option(
      names = "--drain-timeout",
      paramLabel = "<seconds>",
      description =
          "How long requests in flight may take to end after Ctrl-C. Preset: ${DEFAULT-VALUE}.")
  private int drainSeconds = 10;

  @Option(
      names = "--configmap",
      paramLabel = "<namespace/name>",
      description = "The ConfigMap with the global settings. Preset: ${DEFAULT-VALUE}.")
  private String configMap = "ingress-nginx/ingress-nginx-controller";

  @Option(
      names = "-v",
      paramLabel = "<number>",
      description = "Detail of the log: 3 and more shows debugging lines.")
  private int verbosity;

  /// Detail of the log, as `-v`.
  int verbosity() {
    return verbosity;
  }

  /// The configuration that serves `directory`: everything on loopback and no word to any cluster.
  /// ingress-nginx's own presets hold for the rest.
  ControllerConfig config(Path directory) {
    ControllerConfig presets =
        new ControllerArguments(
                new FlagValues(Map.of(ControllerFlags.CONFIGMAP.name(), configMap)), _ -> {})
            .config();
    MetricsChoice metrics = presets.metrics();
    return new ControllerConfig(
        new Folder(directory),
        new Listening(
            port("--http-port", httpPort),
            port("--https-port", httpsPort),
            port("--admin-port", adminPort),
            "",
            presets.listening().healthPath()),
        presets.selection(),
        presets.objects(),
        presets.status(),
        new MetricsChoice(
            true,
            metrics.perHost(),
            metrics.statusClasses(),
            metrics.timeBuckets(),
            metrics.lengthBuckets(),
            metrics.sizeBuckets()),
        new Drain(Duration.ZERO, Duration.ofSeconds(drainSeconds), Duration.ZERO),
        accessLog,
        true);
  }

  private static int port(String name, int port) {
    if (port < 0 || port > 65535) {
      throw new UsageError(name + ": " + port + " is no port (expected: 0 to 65535)");
    }
    return port;
  }
}
