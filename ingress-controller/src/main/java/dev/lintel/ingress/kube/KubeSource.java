package dev.lintel.ingress.kube;

import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.InvalidObject;
import dev.lintel.ingress.snapshot.NamespaceView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.ObjectReader;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.ObjectView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the store from the Kubernetes API and keeps it equal to the cluster, until closed.
///
/// The store is synced when every kind has been listed once. After that nothing the API server does
/// or fails to do takes anything out of the store but an object's deletion.
public final class KubeSource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubeSource.class);

  private final ObjectStore store;
  private final @Nullable IngressGate gate;
  private final List<ObjectWatch> watches = new ArrayList<>();
  private final Set<ObjectWatch> unlisted = ConcurrentHashMap.newKeySet();
  private final Map<ObjectKey, List<String>> published = new ConcurrentHashMap<>();
  private final long startNanos = System.nanoTime();

  private KubeSource(KubeClient client, WatchScope scope, ObjectStore store) {
    this.store = store;
    this.gate = scope.namespaceSelector().isEmpty() ? null : new IngressGate(store);
    ObjectWatch.Sink sink = new Sink();
    for (ObjectKind kind : ObjectKind.values()) {
      String labels = kind == ObjectKind.NAMESPACE ? scope.namespaceSelector() : "";
      for (String namespace : scope.namespacesFor(kind)) {
        watches.add(
            new ObjectWatch(
                client.client(), kind, namespace, labels, scope.canDoWithout(kind), sink));
      }
    }
    unlisted.addAll(watches);
  }

  /// Starts the watches. Does not wait: the store says when it is synced.
  public static KubeSource start(KubeClient client, WatchScope scope, ObjectStore store) {
    KubeSource source = new KubeSource(client, scope, store);
    LOG.info("watching Kubernetes at {}", client.address());
    source.watches.forEach(ObjectWatch::start);
    return source;
  }

  /// The addresses in the status of an Ingress, as the cluster has them now; none where there is no
  /// such Ingress.
  public List<String> publishedStatus(ObjectKey ingress) {
    return published.getOrDefault(ingress, List.of());
  }

  /// Whether all watches are open as far as this side knows; an unanswered ping shows that one is
  /// not after 20 s at most.
  public boolean isWatching() {
    return watches.stream().allMatch(ObjectWatch::isWatching);
  }

  /// Stops watching; what the store holds stays.
  @Override
  public void close() {
    watches.forEach(ObjectWatch::close);
  }

  private final class Sink implements ObjectWatch.Sink {
    @Override
    public void put(ObjectView view, Map<String, Object> tree) {
      if (view instanceof IngressView ingress) {
        notePublished(ingress.key(), tree);
        if (gate != null) {
          gate.put(ingress);
          return;
        }
      }
      store.change(edit -> edit.put(view));
      if (gate != null && view instanceof NamespaceView namespace) {
        gate.select(namespace.name());
      }
    }

    @Override
    public void remove(ObjectKind kind, ObjectKey key) {
      if (kind == ObjectKind.INGRESS) {
        published.remove(key);
        if (gate != null) {
          gate.remove(key);
          return;
        }
      }
      store.change(edit -> edit.remove(kind, key));
      if (gate != null && kind == ObjectKind.NAMESPACE) {
        gate.deselect(key.name());
      }
    }

    @Override
    public void complete(ObjectWatch watch) {
      if (unlisted.remove(watch) && unlisted.isEmpty()) {
        LOG.info("listed all kinds in {} ms", (System.nanoTime() - startNanos) / 1_000_000);
        store.synced();
      }
    }

    private void notePublished(ObjectKey key, Map<String, Object> tree) {
      try {
        List<String> addresses = ObjectReader.loadBalancerAddresses(tree);
        if (addresses.isEmpty()) {
          published.remove(key);
        } else {
          published.put(key, addresses);
        }
      } catch (InvalidObject e) {
        LOG.debug("the status of {} cannot be read", key, e);
      }
    }
  }
}
