package dev.lintel.ingress.kube;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out the zone of a node, by its label `topology.kubernetes.io/zone`, on a thread of its
/// own. Asks until it is answered, and never again after that: a node does not move.
public final class NodeZone implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeZone.class);
  private static final String LABEL = "topology.kubernetes.io/zone";
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final KubeClient client;
  private final String node;
  private final Consumer<String> zone;
  private final Thread thread;

  private NodeZone(KubeClient client, String node, Consumer<String> zone) {
    this.client = client;
    this.node = node;
    this.zone = zone;
    this.thread = Thread.ofVirtual().name("zone").start(this::ask);
  }

  /// Begins to ask; does not wait.
  ///
  /// @param node its name
  /// @param zone is told once, on another thread; never where the node has no such label
  public static NodeZone read(KubeClient client, String node, Consumer<String> zone) {
    return new NodeZone(client, node, zone);
  }

  private void ask() {
    Duration pause = FIRST_PAUSE;
    String before = "";
    while (true) {
      String failure;
      try {
        Node found = client.writes().nodes().withName(node).get();
        if (found != null) {
          tell(found.getMetadata().getLabels());
          return;
        }
        failure = "there is no such node";
      } catch (KubernetesClientException e) {
        Status status = e.getStatus();
        failure = String.valueOf(status == null ? e.getMessage() : status.getMessage());
      }
      if (!failure.equals(before)) {
        LOG.warn("the zone of node {} cannot be read, so no zone is preferred: {}", node, failure);
        before = failure;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException _) {
        return; // closed
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  private void tell(@Nullable Map<String, String> labels) {
    String name = labels == null ? null : labels.get(LABEL);
    if (name == null || name.isEmpty()) {
      LOG.warn("node {} has no label {}, so no zone is preferred", node, LABEL);
      return;
    }
    LOG.info("endpoints meant for zone {} are preferred", name);
    zone.accept(name);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
