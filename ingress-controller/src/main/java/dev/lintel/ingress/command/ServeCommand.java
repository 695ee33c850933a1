package dev.lintel.ingress.command;

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
  private String directory;

  @Override
  public Integer call() throws Exception {
    return Serving.folder(
        options, directory, spec.commandLine().getOut(), spec.commandLine().getErr());
  }
}
