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

/// A folder of manifests: nobody to tell but the console.
final class FolderObjects implements ObjectSource {
  private final Path directory;
  private final ObjectStore store;
  private @Nullable FolderSource running;

  FolderObjects(Path directory, ObjectStore store) {
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
  public boolean isLeader() {
    return true;
  }

  @Override
  public void release() {}

  @Override
  public void close() {
    if (running != null) {
      running.close();
    }
  }
}
