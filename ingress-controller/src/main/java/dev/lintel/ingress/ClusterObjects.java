package dev.lintel.ingress;

import dev.lintel.ingress.ControllerConfig.Cluster;
import dev.lintel.ingress.kube.ClusterAccess;
import dev.lintel.ingress.kube.KubeClient;
import dev.lintel.ingress.kube.KubeSource;
import dev.lintel.ingress.kube.NodeZone;
import dev.lintel.ingress.kube.WatchScope;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.status.EventWriter;
import dev.lintel.ingress.status.Leadership;
import dev.lintel.ingress.status.PublishedAddresses;
import dev.lintel.ingress.status.Replicas;
import dev.lintel.ingress.status.StatusWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A cluster: watched for objects; told of problems and addresses while this replica leads.
final class ClusterObjects implements ObjectSource {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterObjects.class);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final ControllerConfig config;
  private final Cluster cluster;
  private final ObjectStore store;
  private final Consumer<String> zone;
  private final Pod pod = Pod.here();
  private @Nullable Running running;
  private @Nullable Thread farewell;
  private volatile @Nullable KubernetesSnapshot latest;

  /// Everything that talks to the API server.
  private record Running(
      KubeClient client,
      KubeSource source,
      Leadership leadership,
      EventWriter events,
      @Nullable StatusWriter status,
      @Nullable NodeZone zone) {}

  /// @param zone is told of the node's, where that is asked for
  ClusterObjects(
      ControllerConfig config, Cluster cluster, ObjectStore store, Consumer<String> zone) {
    this.config = config;
    this.cluster = cluster;
    this.store = store;
    this.zone = zone;
  }

  @Override
  public void start() throws StartRefused {
    KubeClient client = connect();
    KubeSource source = KubeSource.start(client, scope(), store);
    Leadership leadership = leadership(client);
    ControllerConfig.Status status = config.status();
    running =
        new Running(
            client,
            source,
            leadership,
            EventWriter.start(client, leadership, pod.name()),
            status.update()
                ? StatusWriter.start(client, leadership, status.interval(), source::publishedStatus)
                : null,
            nodeZone(client));
  }

  private @Nullable NodeZone nodeZone(KubeClient client) {
    ControllerConfig.Zone wanted = config.zone();
    if (!wanted.isOfNode() || !wanted.name().isEmpty()) {
      return null;
    }
    if (pod.node().isEmpty()) {
      LOG.warn("NODE_NAME is not set, so no zone is preferred (expected: it, or --zone)");
      return null;
    }
    return NodeZone.read(client, pod.node(), zone);
  }

  private KubeClient connect() throws StartRefused {
    try {
      return KubeClient.connect(
          new ClusterAccess(
              cluster.apiServer(), cluster.kubeconfig(), cluster.certificateAuthority()));
    } catch (RuntimeException e) {
      throw new StartRefused("there is no way to the API server: " + e.getMessage());
    }
  }

  private WatchScope scope() {
    ObjectKey configMap = config.objects().configMap();
    return new WatchScope(
        cluster.namespace(),
        cluster.namespaceSelector(),
        configMap == null ? pod.namespace() : configMap.namespace(),
        Stream.of(
                config.objects().streams().tcpServices(), config.objects().streams().udpServices())
            .filter(Objects::nonNull)
            .map(ObjectKey::namespace)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private Leadership leadership(KubeClient client) {
    ControllerConfig.Status status = config.status();
    if (!status.election()) {
      return Leadership.always();
    }
    String namespace = pod.namespace().isEmpty() ? "default" : pod.namespace();
    return Leadership.campaign(
        client,
        new Leadership.Campaign(namespace, status.electionId(), pod.name(), status.electionTtl()));
  }

  @Override
  public void applied(
      KubernetesSnapshot snapshot, Compilation compilation, List<Problem> problems) {
    latest = snapshot;
    Running all = running;
    if (all == null) {
      return;
    }
    all.events().report(problems, snapshot);
    if (all.status() != null) {
      all.status().publish(compilation.ingresses(), addresses(snapshot));
    }
  }

  private List<String> addresses(KubernetesSnapshot snapshot) {
    ControllerConfig.Status status = config.status();
    if (!status.publishAddresses().isEmpty()) {
      return PublishedAddresses.of(status.publishAddresses());
    }
    ObjectKey service = status.publishService();
    return service == null ? List.of() : PublishedAddresses.of(snapshot.services().get(service));
  }

  @Override
  public boolean isLeader() {
    Running all = running;
    return all != null && all.leadership().isLeader();
  }

  @Override
  public synchronized void release() {
    Running all = running;
    if (all != null && farewell == null) {
      farewell = Thread.ofPlatform().name("farewell").daemon().start(() -> release(all));
    }
  }

  private void release(Running all) {
    all.events().close();
    if (all.status() != null) {
      all.status().close(config.status().clearsOnShutdown() && isLast());
    }
    all.leadership().close();
  }

  private boolean isLast() {
    ObjectKey service = config.status().publishService();
    KubernetesSnapshot snapshot = latest;
    return service != null
        && snapshot != null
        && Replicas.isLast(snapshot.slices().get(service), pod.addresses());
  }

  @Override
  public void close() {
    Running all = running;
    if (all == null) {
      return;
    }
    release();
    Thread leaving = farewell;
    try {
      if (leaving != null) {
        leaving.join(FAREWELL);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (all.zone() != null) {
      all.zone().close();
    }
    all.source().close();
    all.client().close();
  }
}
