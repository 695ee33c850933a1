package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every upstream in use and its endpoints. The upstream of an equal plan is the same object, so
/// its connections, its breaker and its place in the rotation survive every other change.
///
/// Endpoints reach an upstream in two ways: as it is made, and when slices change. Both read the
/// newest slices under this object's lock, so that no older state can win.
public final class LiveUpstreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveUpstreams.class);

  /// An upstream and how it gets its endpoints.
  private static final class Live {
    private final UpstreamPlan plan;
    private final Upstream upstream;
    private final EndpointChoice choice;
    private long used;

    Live(UpstreamPlan plan, Upstream upstream, String portName) {
      this.plan = plan;
      this.upstream = upstream;
      this.choice = new EndpointChoice(portName);
    }
  }

  private final NameResolution names;
  private final Map<UpstreamKey, Live> live = new HashMap<>();
  private final Map<ObjectKey, List<Live>> byService = new HashMap<>();
  private final List<Live> replaced = new ArrayList<>();
  private Map<ObjectKey, List<EndpointSliceView>> slices = Map.of();
  private long round;

  /// @param names resolves the names of ExternalName Services
  public LiveUpstreams(NameResolution names) {
    this.names = names;
  }

  /// A new link begins.
  synchronized void begin() {
    round++;
  }

  /// The upstream of `plan`: the one there is if it was made of an equal plan.
  synchronized Upstream use(UpstreamPlan plan) {
    Live known = live.get(plan.key());
    if (known == null || !known.plan.equals(plan)) {
      Live made = make(plan);
      if (known != null) {
        replaced.add(known);
      }
      live.put(plan.key(), made);
      known = made;
    }
    known.used = round;
    return known.upstream;
  }

  private Live make(UpstreamPlan plan) {
    Upstream upstream = UpstreamShape.make(plan);
    if (plan.kind() instanceof UpstreamPlan.ServiceEndpoints service) {
      Live made = new Live(plan, upstream, service.slicePortName());
      byService.computeIfAbsent(serviceOf(plan), _ -> new ArrayList<>(1)).add(made);
      choose(made, slices.getOrDefault(serviceOf(plan), List.of()));
      return made;
    }
    if (plan.kind() instanceof UpstreamPlan.ClusterIp(String address, int port)) {
      upstream.endpoints(EndpointChoice.alone(address, port));
    }
    if (plan.kind() instanceof UpstreamPlan.ExternalName name) {
      names.follow(upstream, name.host(), name.port());
    }
    return new Live(plan, upstream, "");
  }

  /// Takes over the newest slices at once, from any thread.
  ///
  /// @param now the slices of every Service; not to be changed afterwards
  /// @param changed the Services whose slices are others than before
  public synchronized void slicesChanged(
      Map<ObjectKey, List<EndpointSliceView>> now, Set<ObjectKey> changed) {
    slices = now;
    for (ObjectKey service : changed) {
      for (Live each : byService.getOrDefault(service, List.of())) {
        choose(each, now.getOrDefault(service, List.of()));
      }
    }
  }

  private void choose(Live live, List<EndpointSliceView> now) {
    EndpointSet before = live.upstream.endpoints();
    EndpointSet next = live.choice.of(now);
    if (next.equals(before)) {
      return;
    }
    live.upstream.endpoints(next);
    if (next.unready() && !before.unready()) {
      LOG.warn(
          "all endpoints of {} turned unready at once; still trying the last ready ones",
          live.plan.key());
    }
  }

  /// Drops what the link that began last does not use: its idle connections are closed, requests on
  /// their way end by themselves. Called once its configuration is published.
  synchronized void retire() {
    replaced.forEach(this::drop);
    replaced.clear();
    for (Iterator<Live> all = live.values().iterator(); all.hasNext(); ) {
      Live each = all.next();
      if (each.used != round) {
        all.remove();
        drop(each);
      }
    }
  }

  private void drop(Live dropped) {
    names.forget(dropped.upstream);
    ObjectKey service = serviceOf(dropped.plan);
    List<Live> users = byService.get(service);
    if (users != null) {
      users.remove(dropped);
      if (users.isEmpty()) {
        byService.remove(service);
      }
    }
    dropped.upstream.close();
  }

  /// How many upstreams there are.
  public synchronized int size() {
    return live.size();
  }

  /// How many upstreams are served by unready endpoints now, because all turned unready at once.
  public synchronized int unready() {
    int count = 0;
    for (Live each : live.values()) {
      if (each.upstream.endpoints().unready()) {
        count++;
      }
    }
    return count;
  }

  /// Whether requests for this upstream have anywhere to go.
  public synchronized boolean hasEndpoints(UpstreamKey key) {
    Live known = live.get(key);
    return known != null && !known.upstream.endpoints().endpoints().isEmpty();
  }

  @Override
  public synchronized void close() {
    live.values().forEach(this::drop);
    live.clear();
    names.close();
  }

  private static ObjectKey serviceOf(UpstreamPlan plan) {
    return new ObjectKey(plan.key().namespace(), plan.key().service());
  }
}
