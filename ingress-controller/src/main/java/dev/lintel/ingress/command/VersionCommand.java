package dev.lintel.ingress.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `lintel version`.
@Command(name = "version", description = "Print the version.")
@SuppressWarnings("NullAway.Init") // picocli sets `spec`
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(line());
    return ExitCode.OK;
  }

  /// `lintel 0.1.0`, from the manifest of the jar (`lintel (not packed)` where there is none).
  static String line() {
    @Nullable String version = VersionCommand.class.getPackage().getImplementationVersion();
    return "lintel " + (version == null ? "(not packed)" : version);
  }
}
