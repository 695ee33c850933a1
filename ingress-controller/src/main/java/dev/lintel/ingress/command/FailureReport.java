package dev.lintel.ingress.command;

import dev.lintel.ingress.StartRefused;
import dev.lintel.proxy.AddressInUse;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The one way to tell what went wrong with a command, in a sentence and an exit code.
final class FailureReport {
  private FailureReport() {}

  /// A command line that cannot be carried out as written.
  ///
  /// @param name of the command, with those above it
  /// @return the exit code
  static int misuse(String name, @Nullable String sentence, PrintWriter err) {
    err.println(name + ": " + sentence);
    err.println("All options: " + name + " --help");
    return ExitCode.USAGE;
  }

  /// A command that ended with an exception.
  ///
  /// @param name of the command, with those above it
  /// @return the exit code
  static int failed(String name, Exception failure, PrintWriter err) {
    if (failure instanceof UsageError) {
      return misuse(name, failure.getMessage(), err);
    }
    if (failure instanceof AddressInUse taken) {
      Throwable cause = taken.getCause();
      err.println(
          name
              + ": port "
              + taken.port()
              + " cannot be opened: "
              + (cause == null ? taken.getMessage() : cause.getMessage())
              + " (expected: a free port, 0 for any)");
      return ExitCode.PORT;
    }
    if (failure instanceof CommandFailed || failure instanceof StartRefused) {
      err.println(name + ": " + failure.getMessage());
      return ExitCode.FAILED;
    }
    err.println(name + ": " + failure);
    LoggerFactory.getLogger(FailureReport.class).error("unexpected failure", failure);
    return ExitCode.FAILED;
  }
}
