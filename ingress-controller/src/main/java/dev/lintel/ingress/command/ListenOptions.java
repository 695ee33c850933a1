package dev.lintel.ingress.command;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.ControllerConfig.Drain;
import dev.lintel.ingress.ControllerConfig.Folder;
import dev.lintel.ingress.ControllerConfig.Listening;
import dev.lintel.ingress.ControllerConfig.Zone;
import dev.lintel.ingress.command.Flag.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `serve` and `demo`, which serve a folder on this machine.
final class ListenOptions {
  private static final String HTTP_PORT = "--http-port";
  private static final String HTTPS_PORT = "--https-port";
  private static final String ADMIN_PORT = "--admin-port";
  private static final String ACCESS_LOG = "--access-log-path";
  private static final String DRAIN_TIMEOUT = "--drain-timeout";
  private static final String CONFIGMAP = "--configmap";
  private static final String TCP_SERVICES = "--tcp-services-configmap";
  private static final String UDP_SERVICES = "--udp-services-configmap";
  private static final String PASSTHROUGH = "--enable-ssl-passthrough";
  private static final String ZONE = "--zone";
  private static final String VERBOSITY = "-v";
  private static final int LONGEST_NUMBER = 9;

  /// The same options for whoever reads a command line without the library.
  static final List<Flag> FLAGS =
      List.of(
          flag(HTTP_PORT, Kind.PORT),
          flag(HTTPS_PORT, Kind.PORT),
          flag(ADMIN_PORT, Kind.PORT),
          flag(ACCESS_LOG, Kind.TEXT),
          flag(DRAIN_TIMEOUT, Kind.SECONDS),
          flag(CONFIGMAP, Kind.OBJECT),
          flag(TCP_SERVICES, Kind.OBJECT),
          flag(UDP_SERVICES, Kind.OBJECT),
          flag(PASSTHROUGH, Kind.TRUTH),
          flag(ZONE, Kind.TEXT),
          flag(VERBOSITY, Kind.NUMBER));

  @Option(
      names = HTTP_PORT,
      paramLabel = "<port>",
      description = "Port of plain HTTP; 0 for any free one. Preset: ${DEFAULT-VALUE}.")
  private int httpPort = 8080;

  @Option(
      names = HTTPS_PORT,
      paramLabel = "<port>",
      description = "Port of HTTPS; 0 for any free one. Preset: ${DEFAULT-VALUE}.")
  private int httpsPort = 8443;

  @Option(
      names = ADMIN_PORT,
      paramLabel = "<port>",
      description =
          "Port of health, metrics and debug pages; 0 for any free one. Preset: ${DEFAULT-VALUE}.")
  private int adminPort = 10254;

  @Option(
      names = ACCESS_LOG,
      paramLabel = "<path>",
      description = "`stdout`, `off`, or a file to append to. Preset: ${DEFAULT-VALUE}.")
  private String accessLog = "stdout";

  @Option(
      names = DRAIN_TIMEOUT,
      paramLabel = "<seconds>",
      description =
          "How long requests in flight may take to end after Ctrl-C. Preset: ${DEFAULT-VALUE}.")
  private int drainSeconds = 10;

  @Option(
      names = CONFIGMAP,
      paramLabel = "<namespace/name>",
      description = "The ConfigMap with the global settings. Preset: ${DEFAULT-VALUE}.")
  private String configMap = "ingress-nginx/ingress-nginx-controller";

  @Option(
      names = TCP_SERVICES,
      paramLabel = "<namespace/name>",
      description = "The ConfigMap of TCP services. Preset: ${DEFAULT-VALUE}.")
  private String tcpServices = "ingress-nginx/tcp-services";

  @Option(
      names = UDP_SERVICES,
      paramLabel = "<namespace/name>",
      description = "The ConfigMap of UDP services. Preset: ${DEFAULT-VALUE}.")
  private String udpServices = "ingress-nginx/udp-services";

  @Option(
      names = PASSTHROUGH,
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "<true|false>",
      description = "Let Ingresses have TLS passed on unopened. Preset: ${DEFAULT-VALUE}.")
  private boolean passesThrough;

  @Option(
      names = ZONE,
      paramLabel = "<name>",
      description = "Prefer endpoints whose hints name this zone.")
  private String zone = "";

  @Option(
      names = VERBOSITY,
      paramLabel = "<number>",
      description = "Detail of the log: 3 and more shows debugging lines.")
  private int verbosity;

  private static Flag flag(String name, Kind kind) {
    return new Flag(name, kind, "", true, "");
  }

  /// Options with these values, by the names of `FLAGS`, and presets for the rest; null where one
  /// is no plain number and has to be one.
  static @Nullable ListenOptions of(Map<String, String> values) {
    ListenOptions options = new ListenOptions();
    for (Map.Entry<String, String> given : values.entrySet()) {
      String name = given.getKey();
      String value = given.getValue();
      switch (name) {
        case ACCESS_LOG -> options.accessLog = value;
        case CONFIGMAP -> options.configMap = value;
        case TCP_SERVICES -> options.tcpServices = value;
        case UDP_SERVICES -> options.udpServices = value;
        case PASSTHROUGH -> options.passesThrough = value.equals("true");
        case ZONE -> options.zone = value;
        default -> {
          if (!isNumber(value)) {
            return null;
          }
          options.set(name, Integer.parseInt(value));
        }
      }
    }
    return options;
  }

  private void set(String name, int value) {
    switch (name) {
      case HTTP_PORT -> httpPort = value;
      case HTTPS_PORT -> httpsPort = value;
      case ADMIN_PORT -> adminPort = value;
      case DRAIN_TIMEOUT -> drainSeconds = value;
      case VERBOSITY -> verbosity = value;
      default -> throw new IllegalArgumentException(name);
    }
  }

  /// Digits only, and no zero before them: the library reads that as octal.
  private static boolean isNumber(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return value.length() <= LONGEST_NUMBER && (value.length() == 1 || value.charAt(0) != '0');
  }

  /// Detail of the log, as `-v`.
  int verbosity() {
    return verbosity;
  }

  /// The configuration that serves `directory`: everything on loopback and no word to any cluster.
  /// ingress-nginx's own presets hold for the rest.
  ControllerConfig config(Path directory) {
    ControllerConfig presets =
        new ControllerArguments(
                new FlagValues(
                    Map.of(
                        CONFIGMAP,
                        configMap,
                        TCP_SERVICES,
                        tcpServices,
                        UDP_SERVICES,
                        udpServices,
                        PASSTHROUGH,
                        String.valueOf(passesThrough))),
                _ -> {})
            .config();
    return new ControllerConfig(
        new Folder(directory),
        new Listening(
            port(HTTP_PORT, httpPort),
            port(HTTPS_PORT, httpsPort),
            port(ADMIN_PORT, adminPort),
            "",
            presets.listening().healthPath()),
        presets.selection(),
        presets.objects(),
        presets.status(),
        presets.metrics().whichAreServed(),
        new Drain(Duration.ZERO, Duration.ofSeconds(drainSeconds), Duration.ZERO),
        accessLog,
        true,
        presets.bodyFiles(),
        new Zone(zone, false));
  }

  private static int port(String name, int port) {
    if (port < 0 || port > 65535) {
      throw new UsageError(name + ": " + port + " is no port (expected: 0 to 65535)");
    }
    return port;
  }
}
