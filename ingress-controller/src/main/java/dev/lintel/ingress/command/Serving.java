package dev.lintel.ingress.command;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.IngressProcess;
import java.io.PrintWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    try (IngressProcess process = start(config, console, signals)) {
      if (process == null) {
        return ExitCode.OK;
      }
      started.accept(process);
      signals.awaitFirst();
      process.drain(signals.second());
    }
    return ExitCode.OK;
  }

  /// The process, or null where a signal came before it was complete.
  private static @Nullable IngressProcess start(
      ControllerConfig config, PrintWriter console, StopSignals signals) throws Exception {
    signals.starting();
    try {
      return IngressProcess.start(config, console::println);
    } catch (InterruptedException e) {
      if (signals.hasArrived()) {
        return null;
      }
      throw e;
    } finally {
      signals.started();
    }
  }
}
