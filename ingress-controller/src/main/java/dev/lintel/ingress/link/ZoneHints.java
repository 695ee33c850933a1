package dev.lintel.ingress.link;

import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which of the ready endpoints of one port are meant for a zone, by the hints of their slices
/// (Kubernetes: Topology Aware Routing, traffic distribution). They count where every ready
/// endpoint has some, and one at least is meant for this zone: otherwise the zone would be served
/// by fewer endpoints than whoever wrote the hints reckoned with.
///
/// For one choice; not safe for several threads at once.
final class ZoneHints {
  private final String zone;
  private final Set<Endpoint> near = new LinkedHashSet<>();
  private boolean complete = true;

  /// @param zone empty where hints do not count
  ZoneHints(String zone) {
    this.zone = zone;
  }

  /// Notes a ready endpoint.
  void add(EndpointView endpoint, Collection<Endpoint> addresses) {
    complete &= !endpoint.zoneHints().isEmpty();
    if (endpoint.zoneHints().contains(zone)) {
      near.addAll(addresses);
    }
  }

  /// The set of these endpoints, those of other zones apart.
  EndpointSet split(Set<Endpoint> ready) {
    if (zone.isEmpty() || !complete || near.isEmpty() || near.size() == ready.size()) {
      return new EndpointSet(List.copyOf(ready), false);
    }
    List<Endpoint> elsewhere = new ArrayList<>(ready);
    elsewhere.removeAll(near);
    return new EndpointSet(List.copyOf(near), List.copyOf(elsewhere), false);
  }
}
