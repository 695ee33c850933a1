package dev.lintel.ingress.command;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.IngressProcess;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a whole Lintel in this process until a signal ends it.
final class Serving {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

  private Serving() {}

  /// `lintel controller`: serves what a cluster's API server says.
  ///
  /// @return the exit code
  static int cluster(FlagValues values, PrintWriter err) throws Exception {
    ConsoleLog.configure(values.number(ControllerFlags.VERBOSITY));
    ControllerConfig config = new ControllerArguments(values, LOG::warn).config();
    return untilStopped(config, err, _ -> {});
  }

  /// `lintel serve`: serves a folder of manifests.
  ///
  /// @return the exit code
  static int folder(ListenOptions options, String directory, PrintWriter out, PrintWriter err)
      throws Exception {
    ConsoleLog.configure(options.verbosity());
    Path folder = Path.of(directory);
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed(folder + " is not a folder that can be read");
    }
    return untilStopped(options.config(folder), err, process -> out.println(listening(process)));
  }

  /// The line that says which ports were chosen.
  static String listening(IngressProcess process) {
    return "listening http="
        + process.httpPort()
        + " https="
        + process.httpsPort()
        + " admin="
        + process.adminPort();
  }

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
