package dev.lintel.ingress.snapshot;

import dev.lintel.ingress.problem.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The objects of one source: written by its threads, read by the control loop.
///
/// The source changes it through `change`; what equals the object already there stops here. When
/// there is something new to take, the listener is called once, on the thread of the source and
/// without a lock held, so it only wakes the loop; the loop asks `take` what happened, all of it
/// since the last time. Nothing is told before the source has said that its first full state is in
/// (`synced`).
///
/// A snapshot shares everything that has not changed: it costs one copy of the map of each kind
/// that did.
public final class ObjectStore {
  private final Object lock = new Object();
  private final Runnable listener;

  private final SortedTable<ObjectKey, IngressView> ingresses = new SortedTable<>();
  private final SortedTable<String, IngressClassView> classes = new SortedTable<>();
  private final SortedTable<ObjectKey, ServiceView> services = new SortedTable<>();
  private final SliceTable slices = new SliceTable();
  private final SortedTable<ObjectKey, SecretView> secrets = new SortedTable<>();
  private final SortedTable<ObjectKey, ConfigMapView> configMaps = new SortedTable<>();
  private final SortedTable<String, NamespaceView> namespaces = new SortedTable<>();
  private List<Problem> problems = List.of();

  private boolean synced;
  private boolean recompile;
  private boolean problemsChanged;
  private Set<ObjectKey> endpoints = new HashSet<>();

  /// @param listener called when the first change after a `take` has come
  public ObjectStore(Runnable listener) {
    this.listener = listener;
  }

  /// Makes several changes that are seen together or not at all. `edit` must be short: it holds the
  /// store.
  public void change(Consumer<Edit> edit) {
    boolean tell;
    synchronized (lock) {
      boolean told = isPending();
      edit.accept(new Edit());
      tell = synced && !told && isPending();
    }
    if (tell) {
      listener.run();
    }
  }

  /// Says that the first full state is in. Once is enough; more is harmless.
  public void synced() {
    synchronized (lock) {
      if (synced) {
        return;
      }
      synced = true;
      recompile = true;
    }
    listener.run();
  }

  /// Whether the first full state is in.
  public boolean isSynced() {
    synchronized (lock) {
      return synced;
    }
  }

  /// All objects at this moment.
  public KubernetesSnapshot snapshot() {
    synchronized (lock) {
      return new KubernetesSnapshot(
          ingresses.frozen(),
          classes.frozen(),
          services.frozen(),
          slices.frozen(),
          secrets.frozen(),
          configMaps.frozen(),
          namespaces.frozen());
    }
  }

  /// What happened since the last call; null where nothing did, or before the first full state.
  public @Nullable StoreUpdate take() {
    synchronized (lock) {
      if (!synced || !isPending()) {
        return null;
      }
      StoreUpdate update = new StoreUpdate(snapshot(), recompile, Set.copyOf(endpoints), problems);
      recompile = false;
      problemsChanged = false;
      endpoints = new HashSet<>();
      return update;
    }
  }

  private boolean isPending() {
    return recompile || problemsChanged || !endpoints.isEmpty();
  }

  /// The changes of one call of `change`; of no use after it.
  public final class Edit {
    private Edit() {}

    /// Adds the object, or replaces the one of its kind and key.
    public void put(ObjectView object) {
      ObjectKey key = object.key();
      switch (object.kind()) {
        case INGRESS -> recompile |= ingresses.put(key, (IngressView) object);
        case INGRESS_CLASS -> recompile |= classes.put(key.name(), (IngressClassView) object);
        case SERVICE -> recompile |= services.put(key, (ServiceView) object);
        case ENDPOINT_SLICE -> slices.put((EndpointSliceView) object, endpoints);
        case SECRET -> {
          SecretView before = secrets.get(key);
          recompile |= secrets.put(key, ((SecretView) object).after(before));
        }
        case CONFIG_MAP -> recompile |= configMaps.put(key, (ConfigMapView) object);
        case NAMESPACE -> recompile |= namespaces.put(key.name(), (NamespaceView) object);
      }
    }

    /// Removes the object, if it is there.
    public void remove(ObjectKind kind, ObjectKey key) {
      switch (kind) {
        case INGRESS -> recompile |= ingresses.remove(key);
        case INGRESS_CLASS -> recompile |= classes.remove(key.name());
        case SERVICE -> recompile |= services.remove(key);
        case ENDPOINT_SLICE -> slices.remove(key, endpoints);
        case SECRET -> recompile |= secrets.remove(key);
        case CONFIG_MAP -> recompile |= configMaps.remove(key);
        case NAMESPACE -> recompile |= namespaces.remove(key.name());
      }
    }

    /// Replaces what the source could not read.
    public void problems(List<Problem> now) {
      if (!problems.equals(now)) {
        problems = List.copyOf(now);
        problemsChanged = true;
      }
    }
  }
}
