package dev.lintel.ingress.snapshot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The EndpointSlices, by the Service they belong to. Guarded by the lock of the store.
final class SliceTable {
  private final Map<ObjectKey, EndpointSliceView> slices = new HashMap<>();
  private final Map<ObjectKey, TreeMap<ObjectKey, EndpointSliceView>> ofService = new HashMap<>();
  private final SortedTable<ObjectKey, List<EndpointSliceView>> lists = new SortedTable<>();

  /// Adds to `changed` the Services whose endpoints are now others.
  void put(EndpointSliceView slice, Set<ObjectKey> changed) {
    EndpointSliceView before = slices.put(slice.key(), slice);
    if (slice.equals(before)) {
      return;
    }
    if (before != null && !before.service().equals(slice.service())) {
      unlink(before, changed);
    }
    ofService.computeIfAbsent(slice.service(), _ -> new TreeMap<>()).put(slice.key(), slice);
    relist(slice.service(), changed);
  }

  /// Adds to `changed` the Service that has lost endpoints.
  void remove(ObjectKey key, Set<ObjectKey> changed) {
    EndpointSliceView before = slices.remove(key);
    if (before != null) {
      unlink(before, changed);
    }
  }

  SortedMap<ObjectKey, List<EndpointSliceView>> frozen() {
    return lists.frozen();
  }

  private void unlink(EndpointSliceView slice, Set<ObjectKey> changed) {
    TreeMap<ObjectKey, EndpointSliceView> siblings = ofService.get(slice.service());
    if (siblings != null) {
      siblings.remove(slice.key());
      if (siblings.isEmpty()) {
        ofService.remove(slice.service());
      }
    }
    relist(slice.service(), changed);
  }

  private void relist(ObjectKey service, Set<ObjectKey> changed) {
    TreeMap<ObjectKey, EndpointSliceView> now = ofService.get(service);
    if (now == null) {
      lists.remove(service);
    } else {
      lists.put(service, List.copyOf(now.values()));
    }
    changed.add(service);
  }
}
