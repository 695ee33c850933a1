package dev.lintel.ingress.compile;

import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.Lookup;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// The names of the objects in which two snapshots differ: new ones, gone ones, others.
record Changes(
    Set<ObjectKey> ingresses,
    Set<ObjectKey> services,
    Set<ObjectKey> secrets,
    Set<ObjectKey> configMaps) {

  /// A walk through both; a kind of which nothing changed is one object in both and costs nothing.
  static Changes between(KubernetesSnapshot before, KubernetesSnapshot now) {
    return new Changes(
        names(before.ingresses(), now.ingresses()),
        names(before.services(), now.services()),
        names(before.secrets(), now.secrets()),
        names(before.configMaps(), now.configMaps()));
  }

  /// Whether what was looked up is another object now.
  boolean concern(Lookup lookup) {
    return switch (lookup.kind()) {
      case INGRESS -> ingresses.contains(lookup.key());
      case SERVICE -> services.contains(lookup.key());
      case SECRET -> secrets.contains(lookup.key());
      case CONFIG_MAP -> configMaps.contains(lookup.key());
      case INGRESS_CLASS, ENDPOINT_SLICE, NAMESPACE ->
          throw new IllegalStateException(
              "nothing of a host looks up a " + lookup.kind().kind() + " by name");
    };
  }

  /// Whether hosts have to be asked what they looked up.
  boolean concernLookups() {
    return !services.isEmpty() || !secrets.isEmpty() || !configMaps.isEmpty();
  }

  @SuppressWarnings("ReferenceEquality") // the quick answer; what is not the same is compared
  private static <K extends Comparable<K>, V> Set<K> names(
      SortedMap<K, V> before, SortedMap<K, V> now) {
    if (before == now) {
      return Set.of();
    }
    Set<K> names = new HashSet<>();
    Iterator<Map.Entry<K, V>> olds = before.entrySet().iterator();
    Iterator<Map.Entry<K, V>> news = now.entrySet().iterator();
    Map.Entry<K, V> a = next(olds);
    Map.Entry<K, V> b = next(news);
    while (a != null || b != null) {
      int order = a == null ? 1 : b == null ? -1 : a.getKey().compareTo(b.getKey());
      if (a != null && order <= 0) {
        if (order < 0 || b == null || !Objects.equals(a.getValue(), b.getValue())) {
          names.add(a.getKey());
        }
      } else if (b != null) {
        names.add(b.getKey());
      }
      if (order <= 0) {
        a = next(olds);
      }
      if (order >= 0) {
        b = next(news);
      }
    }
    return names;
  }

  private static <E> @Nullable E next(Iterator<E> all) {
    return all.hasNext() ? all.next() : null;
  }

  /// Whether no object differs that is compared here.
  boolean isEmpty() {
    return ingresses.isEmpty() && !concernLookups();
  }
}
