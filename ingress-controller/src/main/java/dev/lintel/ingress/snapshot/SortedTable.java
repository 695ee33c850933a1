package dev.lintel.ingress.snapshot;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The objects of one kind, and the immutable copy of them that is made again only after a change.
/// Guarded by the lock of the store.
final class SortedTable<K extends Comparable<K>, V> {
  private final TreeMap<K, V> live = new TreeMap<>();
  private @Nullable SortedMap<K, V> frozen;

  @Nullable V get(K key) {
    return live.get(key);
  }

  /// Whether this changed anything.
  boolean put(K key, V value) {
    V before = live.get(key);
    if (before != null && before.equals(value)) {
      return false; // the object that is there stays: whoever knows it sees that nothing changed
    }
    live.put(key, value);
    frozen = null;
    return true;
  }

  /// Whether this changed anything.
  boolean remove(K key) {
    if (live.remove(key) == null) {
      return false;
    }
    frozen = null;
    return true;
  }

  SortedMap<K, V> frozen() {
    SortedMap<K, V> copy = frozen;
    if (copy == null) {
      // The copy of a sorted map is linear, and a tree that nobody changes is safe to share.
      copy = Collections.unmodifiableSortedMap(new TreeMap<>((SortedMap<K, V>) live));
      frozen = copy;
    }
    return copy;
  }
}
