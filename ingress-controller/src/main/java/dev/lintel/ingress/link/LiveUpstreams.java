package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.guard.HealthReport;
import dev.lintel.tls.UpstreamContexts;
import dev.lintel.tls.UpstreamTls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every upstream in use and its endpoints. The upstream of an equal plan is the same object, so
/// its connections, its breaker and its place in the rotation survive every other change. What is
/// known of the health of its endpoints outlives a change of its own settings as well.
///
/// Endpoints reach an upstream in two ways: as it is made, and when slices change. Both read the
/// newest slices under this object's lock, so that no older state can win. Those that features send
/// requests of their own to stand beside them and get their endpoints in the same ways.
public final class LiveUpstreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveUpstreams.class);

  /// An upstream and how it gets its endpoints.
  static final class Live {
    private final UpstreamPlan plan;
    private final Upstream upstream;
    private final @Nullable UpstreamTls tls;
    private final EndpointChoice choice;
    private long used;

    Live(UpstreamPlan plan, UpstreamShape shape, EndpointChoice choice) {
      this.plan = plan;
      this.upstream = shape.upstream();
      this.tls = shape.tls();
      this.choice = choice;
    }

    Upstream upstream() {
      return upstream;
    }

    private void addTo(Set<UpstreamTls> used) {
      if (tls != null) {
        used.add(tls);
      }
    }
  }

  private final NameResolution names;
  private final HealthReport report = new HealthReport();
  private final UpstreamContexts contexts = new UpstreamContexts();
  private final Map<UpstreamKey, Live> live = new HashMap<>();
  private final Map<ObjectKey, List<Live>> byService = new HashMap<>();
  private final List<Live> replaced = new ArrayList<>();
  private final List<Live> beside = new ArrayList<>();
  private Map<ObjectKey, List<EndpointSliceView>> slices = Map.of();
  private List<Loop> loops = List.of();
  private String zone = "";
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
      UpstreamShape shape = UpstreamShape.of(plan, contexts, report);
      if (known != null) {
        shape.upstream().inherit(known.upstream);
        replaced.add(known);
      }
      Live made = make(plan, shape);
      live.put(plan.key(), made);
      known = made;
    }
    known.used = round;
    return known.upstream;
  }

  /// Makes an upstream that no plan names: a feature sends requests of its own there.
  synchronized Live beside(SideTarget target) {
    Live made = make(UpstreamShape.plan(target), UpstreamShape.of(target, contexts, report));
    beside.add(made);
    return made;
  }

  /// Drops one that [#beside] made.
  synchronized void dropBeside(Live dropped) {
    if (beside.remove(dropped)) {
      drop(dropped);
    }
  }

  /// Whether names are looked up for addresses of IPv6, too.
  void namesHaveIpv6(boolean isUsed) {
    names.ipv6(isUsed);
  }

  /// Has endpoints asked whether they are well on these loops from now on.
  public synchronized void check(List<Loop> on) {
    loops = on;
    live.values().forEach(each -> each.upstream.check(on));
  }

  private Live make(UpstreamPlan plan, UpstreamShape shape) {
    shape.upstream().check(loops);
    if (plan.kind() instanceof UpstreamPlan.ServiceEndpoints service) {
      List<Live> others = byService.computeIfAbsent(serviceOf(plan), _ -> new ArrayList<>(1));
      Live made = new Live(plan, shape, choice(plan.key(), service.slicePortName(), others));
      others.add(made);
      choose(made, slices.getOrDefault(serviceOf(plan), List.of()));
      return made;
    }
    if (plan.kind() instanceof UpstreamPlan.ClusterIp(String address, int port)) {
      shape.upstream().endpoints(EndpointChoice.alone(address, port));
    }
    if (plan.kind() instanceof UpstreamPlan.ExternalName name) {
      names.follow(
          shape.upstream(),
          name.host(),
          name.port(),
          source(plan),
          plan.key().namespace().isEmpty());
    }
    return new Live(plan, shape, new EndpointChoice(""));
  }

  /// A feature's own target has no Service.
  private static Problem.Source source(UpstreamPlan plan) {
    return plan.key().namespace().isEmpty()
        ? new Problem.Source("target", plan.key().service() + ":" + plan.key().port())
        : new Problem.Source("Service", serviceOf(plan).toString());
  }

  /// Another upstream of the same endpoints, such as one that differs in how it is secured, has
  /// seen more of them.
  private static EndpointChoice choice(UpstreamKey key, String portName, List<Live> others) {
    String protocol = key.protocol() == UpstreamProtocol.UDP ? "UDP" : "TCP";
    for (Live each : others) {
      if (each.choice.isOf(portName, protocol)) {
        return each.choice.copy();
      }
    }
    return new EndpointChoice(portName, protocol);
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

  /// From now on prefers the endpoints that are meant for this zone, from any thread.
  ///
  /// @param name empty: none
  public synchronized void zone(String name) {
    if (!name.equals(zone)) {
      zone = name;
      byService.forEach(
          (service, all) ->
              all.forEach(each -> choose(each, slices.getOrDefault(service, List.of()))));
    }
  }

  private void choose(Live live, List<EndpointSliceView> now) {
    EndpointSet before = live.upstream.endpoints();
    EndpointSet next = live.choice.of(now, zone);
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
    contexts.keepOnly(contextsInUse());
  }

  private Set<UpstreamTls> contextsInUse() {
    Set<UpstreamTls> used = new HashSet<>();
    live.values().forEach(each -> each.addTo(used));
    beside.forEach(each -> each.addTo(used));
    return used;
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

  /// What is said of endpoints that are left out.
  public HealthReport report() {
    return report;
  }

  /// How many endpoints are left out now because they failed requests.
  public synchronized int ejected() {
    int count = 0;
    for (Live each : live.values()) {
      count += each.upstream.standing().ejected();
    }
    return count;
  }

  /// How many endpoints are not well by their checks.
  public synchronized int unwell() {
    int count = 0;
    for (Live each : live.values()) {
      count += each.upstream.standing().unwell();
    }
    return count;
  }

  /// How many upstreams use all of their endpoints because fewer than half are well.
  public synchronized int panicking() {
    int count = 0;
    for (Live each : live.values()) {
      count += each.upstream.standing().isPanicking() ? 1 : 0;
    }
    return count;
  }

  /// All upstreams with their endpoints and what keeps these from being used, for people.
  public synchronized String describe() {
    StringBuilder text = new StringBuilder();
    for (UpstreamKey key : new TreeSet<>(live.keySet())) {
      Live each = live.get(key);
      if (each != null) {
        text.append(key).append('\n');
        each.upstream.describe(text);
      }
    }
    return text.toString();
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
    beside.forEach(this::drop);
    beside.clear();
    contexts.close();
    names.close();
  }

  private static ObjectKey serviceOf(UpstreamPlan plan) {
    return new ObjectKey(plan.key().namespace(), plan.key().service());
  }
}
