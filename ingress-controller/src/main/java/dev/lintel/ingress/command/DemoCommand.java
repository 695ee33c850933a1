package dev.lintel.ingress.command;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.FolderCheck;
import dev.lintel.ingress.IngressProcess;
import dev.lintel.ingress.StartRefused;
import dev.lintel.ingress.demo.DemoBackends;
import dev.lintel.ingress.demo.DemoTour;
import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.proxy.AddressInUse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lintel demo`: serves `examples/demo` with backends of its own and says what to try.
@Command(
    name = "demo",
    description =
        "Serve the manifests in examples/demo with small backends, and print what to try.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ListenOptions options;

  @Option(
      names = "--manifests",
      paramLabel = "<folder>",
      description = "The folder served; examples/demo of this installation where not given.")
  private @Nullable Path manifests;

  @Override
  public Integer call() throws Exception {
    ConsoleLog.configure(options.verbosity());
    Path folder = manifests != null ? manifests : installed();
    if (!Files.isDirectory(folder)) {
      throw new CommandFailed(folder + " is not a folder that can be read");
    }
    PrintWriter out = spec.commandLine().getOut();
    ControllerConfig config = options.config(folder);
    try (DemoBackends backends = new DemoBackends()) {
      startBackends(config, backends);
      return Serving.untilStopped(
          config,
          spec.commandLine().getErr(),
          process -> {
            out.println(Serving.listening(process));
            out.print(tour(folder, process));
            out.flush();
          });
    }
  }

  /// One backend for each port that the EndpointSlices of the folder name.
  private static void startBackends(ControllerConfig config, DemoBackends backends)
      throws IOException, InterruptedException, AddressInUse, StartRefused {
    SortedMap<Integer, String> names = new TreeMap<>();
    for (List<EndpointSliceView> slices : FolderCheck.of(config).snapshot().slices().values()) {
      for (EndpointSliceView slice : slices) {
        slice.ports().forEach(port -> names.putIfAbsent(port.port(), slice.service().name()));
      }
    }
    for (Map.Entry<Integer, String> entry : names.entrySet()) {
      try {
        backends.add(entry.getValue(), entry.getKey());
      } catch (IOException taken) {
        throw new AddressInUse("127.0.0.1", entry.getKey(), taken);
      }
    }
  }

  private static String tour(Path folder, IngressProcess process) {
    return new DemoTour(shown(folder), process.httpPort(), process.httpsPort(), process.adminPort())
        .text();
  }

  /// As short as a command in this directory may name it.
  private static Path shown(Path folder) {
    Path here = Path.of("").toAbsolutePath();
    Path there = folder.toAbsolutePath();
    return there.startsWith(here) ? here.relativize(there) : there;
  }

  /// `bin/lintel` says where the installation is; otherwise it is the working directory.
  private static Path installed() {
    String home = System.getProperty("lintel.home");
    return (home == null ? Path.of("") : Path.of(home)).resolve("examples/demo");
  }
}
