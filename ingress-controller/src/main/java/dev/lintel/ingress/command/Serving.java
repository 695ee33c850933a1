package dev.lintel.ingress.command;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.IngressProcess;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// Runs a whole Lintel in this process until a signal ends it.
final class Serving {
  private Serving() {}

  /// Starts, tells `started`, waits for a signal and drains.
  ///
  /// @param console where new problems are printed if the configuration asks for that
  /// @return the exit code
  static int untilStopped(
      ControllerConfig config, PrintWriter console, Consumer<IngressProcess> started)
      throws Exception {
    StopSignals signals = StopSignals.listen();
    try (IngressProcess process = IngressProcess.start(config, console::println)) {
      started.accept(process);
      signals.awaitFirst();
      process.drain(signals.second());
    }
    return ExitCode.OK;
  }
}
