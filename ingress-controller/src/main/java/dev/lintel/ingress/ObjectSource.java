package dev.lintel.ingress;

import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/// Where objects come from, and who hears what became of them.
sealed interface ObjectSource extends AutoCloseable permits FolderObjects, ClusterObjects {
  /// The source that the configuration names; not started yet.
  ///
  /// @param zone is told of the zone of this process's node, where that is asked for
  static ObjectSource of(ControllerConfig config, ObjectStore store, Consumer<String> zone) {
    return config.source() instanceof ControllerConfig.Cluster cluster
        ? new ClusterObjects(config, cluster, store, zone)
        : new FolderObjects(((ControllerConfig.Folder) config.source()).directory(), store);
  }

  /// Begins to fill the store, and goes on until closed. Does not wait for a cluster.
  ///
  /// @throws StartRefused if the source cannot be used as it is configured
  void start() throws IOException, StartRefused;

  /// A round of the control loop ended: whoever wrote these objects may be told. Does not block.
  void applied(KubernetesSnapshot snapshot, Compilation compilation, List<Problem> problems);

  /// Whether this process speaks for all replicas.
  boolean isLeader();

  /// Begins to give up all offices (the leader's lease), while objects are still followed. Does not
  /// wait.
  void release();

  /// Stops following, and waits for a short while until all offices are given up.
  @Override
  void close();
}
