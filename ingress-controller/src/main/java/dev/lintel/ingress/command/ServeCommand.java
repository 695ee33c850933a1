package dev.lintel.ingress.command;

import dev.lintel.ingress.IngressProcess;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `lintel serve DIR`: serves a folder of manifests, and follows its changes.
@Command(
    name = "serve",
    description =
        "Serve a folder of Kubernetes manifests; no cluster needed. Edits are live at once.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ListenOptions options;

  @Parameters(paramLabel = "DIR", description = "The folder; every .yaml, .yml and .json in it.")
  private Path directory;

  @Override
  public Integer call() throws Exception {
    ConsoleLog.configure(options.verbosity());
    if (!Files.isDirectory(directory)) {
      throw new CommandFailed(directory + " is not a folder that can be read");
    }
    PrintWriter out = spec.commandLine().getOut();
    return Serving.untilStopped(
        options.config(directory),
        spec.commandLine().getErr(),
        process -> out.println(listening(process)));
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
}
