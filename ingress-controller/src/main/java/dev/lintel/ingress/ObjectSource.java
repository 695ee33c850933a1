package dev.lintel.ingress;

import dev.lintel.ingress.folder.FolderSource;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where objects come from, and who hears what became of them.
sealed interface ObjectSource extends AutoCloseable {
  /// The source that the configuration names; not started yet.
  static ObjectSource of(ControllerConfig config, ObjectStore store) {
    return switch (config.source()) {
      case ControllerConfig.Folder folder -> new FromFolder(folder.directory(), store);
      case ControllerConfig.Cluster _ -> throw new UnsupportedOperationException();
    };
  }

  /// Begins to fill the store, and goes on until closed. Does not wait for a cluster.
  void start() throws IOException;

  /// A round of the control loop ended: whoever wrote these objects may be told. Must not block.
  void applied(KubernetesSnapshot snapshot, Compilation compilation, List<Problem> problems);

  /// Gives up all offices (the leader's lease), while objects are still followed.
  void release();

  @Override
  void close();

  /// A folder of manifests: nobody to tell but the console.
  final class FromFolder implements ObjectSource {
    private final Path directory;
    private final ObjectStore store;
    private @Nullable FolderSource running;

    FromFolder(Path directory, ObjectStore store) {
      this.directory = directory;
      this.store = store;
    }

    @Override
    public void start() throws IOException {
      running = FolderSource.start(directory, store);
    }

    @Override
    public void applied(
        KubernetesSnapshot snapshot, Compilation compilation, List<Problem> problems) {}

    @Override
    public void release() {}

    @Override
    public void close() {
      if (running != null) {
        running.close();
      }
    }
  }
}
