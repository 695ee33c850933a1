package dev.lintel.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What the run was given by `e2e/run`, as environment variables; `e2e/README.md` lists them.
final class Environment {
  private Environment() {}

  /// The control script of the node that the run brought; empty on somebody else's cluster.
  static final Optional<String> OWN_NODE = optional("LINTEL_E2E_NODE");

  static final Path CHART = Path.of(required("LINTEL_E2E_CHART"));

  /// The load generator.
  static final Path LOAD = Path.of(required("LINTEL_E2E_LOAD"));

  static final String HELM = optional("LINTEL_E2E_HELM").orElse("helm");

  /// The image under test, `registry/name:tag`.
  static final String IMAGE = optional("LINTEL_E2E_IMAGE").orElse("e2e.local/lintel:test");

  static final String ECHO_IMAGE = optional("LINTEL_E2E_ECHO_IMAGE").orElse("e2e.local/echo:test");

  /// How long the soak lasts.
  static final Duration SOAK = Duration.ofSeconds(Long.getLong("e2e.soak.seconds", 60));

  private static Optional<String> optional(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  private static String required(String name) {
    return optional(name)
        .orElseThrow(
            () -> new IllegalStateException(name + " is not set: run the tests by `make e2e`"));
  }
}
