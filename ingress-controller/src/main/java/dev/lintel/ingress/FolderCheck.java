package dev.lintel.ingress;

import dev.lintel.ingress.link.LiveUpstreams;
import dev.lintel.ingress.names.AddressRules;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.names.ResolvConf;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.StoreUpdate;
import dev.lintel.tls.SelfMadeCertificate;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A folder of manifests, read and compiled once: what `serve` would do with it.
///
/// @param plan as it is printed
/// @param problems of the files first, then of the objects
public record FolderCheck(KubernetesSnapshot snapshot, String plan, List<Problem> problems) {

  /// Reads the folder that the configuration names.
  public static FolderCheck of(ControllerConfig config)
      throws IOException, StartRefused, InterruptedException {
    LiveUpstreams none =
        new LiveUpstreams(new NameResolution(AddressRules.NONE, ResolvConf::ofSystem, () -> {}));
    try (StoreWatch watch = new StoreWatch(none, () -> {});
        ObjectSource source = ObjectSource.of(config, watch.store(), _ -> {})) {
      watch.start();
      source.start();
      watch.awaitFirst();
      StoreUpdate state = watch.latest();
      Compilation compilation =
          PlanSource.of(config, SelfMadeCertificate.issue(Instant.now())).apply(state.snapshot());
      List<Problem> problems = new ArrayList<>(state.problems());
      problems.addAll(compilation.problems());
      return new FolderCheck(
          state.snapshot(), PlanSource.print(compilation.plan(), List.of()), problems);
    }
  }

  /// Whether something is closed or dropped.
  public boolean hasErrors() {
    return problems.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
  }
}
