package dev.lintel.ingress.kube;

import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Lets into the store only the Ingresses of namespaces that are selected now. The others wait
/// here, so that relabelling a namespace takes effect at once and in one change. Any thread.
final class IngressGate {
  private final ObjectStore store;
  private final Map<String, Map<ObjectKey, IngressView>> known = new HashMap<>();
  private final Set<String> selected = new HashSet<>();

  IngressGate(ObjectStore store) {
    this.store = store;
  }

  synchronized void put(IngressView ingress) {
    String namespace = ingress.key().namespace();
    known.computeIfAbsent(namespace, _ -> new HashMap<>()).put(ingress.key(), ingress);
    if (selected.contains(namespace)) {
      store.change(edit -> edit.put(ingress));
    }
  }

  synchronized void remove(ObjectKey key) {
    Map<ObjectKey, IngressView> siblings = known.get(key.namespace());
    if (siblings != null && siblings.remove(key) != null && siblings.isEmpty()) {
      known.remove(key.namespace());
    }
    store.change(edit -> edit.remove(ObjectKind.INGRESS, key));
  }

  synchronized void select(String namespace) {
    if (selected.add(namespace)) {
      Map<ObjectKey, IngressView> ingresses = known.getOrDefault(namespace, Map.of());
      store.change(edit -> ingresses.values().forEach(edit::put));
    }
  }

  synchronized void deselect(String namespace) {
    if (selected.remove(namespace)) {
      Map<ObjectKey, IngressView> ingresses = known.getOrDefault(namespace, Map.of());
      store.change(edit -> ingresses.keySet().forEach(key -> edit.remove(ObjectKind.INGRESS, key)));
    }
  }
}
