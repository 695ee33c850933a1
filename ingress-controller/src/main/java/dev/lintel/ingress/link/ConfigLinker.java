package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.link.LinkedHost.LinkedRoute;
import dev.lintel.ingress.plan.ClientPlan;
import dev.lintel.ingress.plan.ForwardedPlan;
import dev.lintel.ingress.plan.GlobalPlan;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.exchange.ForwardedRules;
import dev.lintel.proxy.message.FieldNames;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.RoutingTable;
import dev.lintel.proxy.upstream.Upstream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Joins a plan with live state to the configuration that serves it.
///
/// Hosts whose plan is equal keep their very routes, unless an upstream of theirs is another object
/// now; a host that changed keeps the routes that did not. Used by one thread.
public final class ConfigLinker implements AutoCloseable {
  private final LiveUpstreams upstreams;
  private final LiveState state = new LiveState();
  private final LiveCertificates certificates;
  private final RouteLinker routes;
  private Map<String, LinkedHost> hosts = Map.of();
  private Map<UpstreamKey, Upstream> targets = Map.of();

  /// @param upstreams whose upstreams the configurations send to
  /// @param ports the ports that clients reach, for redirects
  /// @param refusesLocal whether addresses of this host that a user chose are refused
  public ConfigLinker(LiveUpstreams upstreams, Ports ports, boolean refusesLocal) {
    this.upstreams = upstreams;
    this.certificates = new LiveCertificates(refusesLocal);
    this.routes = new RouteLinker(state, upstreams, ports);
  }

  /// The configuration of `plan`. Once it is published, `retire` lets go of what the one before it
  /// used; if this throws, everything stays as it was.
  public ProxyConfig link(ProxyPlan plan, long generation) {
    state.begin();
    upstreams.begin();
    upstreams.namesHaveIpv6(plan.global().ipv6Names());
    Targets now = targets(plan);
    Map<String, LinkedHost> linked = HashMap.newHashMap(plan.hosts().size());
    RoutingTable.Builder table = RoutingTable.builder(routes.notFound());
    for (HostPlan host : plan.hosts()) {
      LinkedHost made = link(host, hosts.get(host.host()), now);
      linked.put(host.host(), made);
      table.host(host.host(), made.paths());
    }
    ProxyConfig config =
        new ProxyConfig(
            generation,
            table.build(),
            certificates.index(plan),
            settings(plan.global()),
            L4Linking.link(plan, now.all()));
    hosts = linked;
    targets = now.all();
    return config;
  }

  /// @param moved those that are another object than in the configuration linked last
  private record Targets(Map<UpstreamKey, Upstream> all, Set<UpstreamKey> moved) {}

  @SuppressWarnings("ReferenceEquality") // an upstream is what it is, not what it looks like
  private Targets targets(ProxyPlan plan) {
    Map<UpstreamKey, Upstream> all = HashMap.newHashMap(plan.upstreams().size());
    Set<UpstreamKey> moved = new HashSet<>();
    for (UpstreamPlan upstream : plan.upstreams().values()) {
      Upstream used = upstreams.use(upstream);
      all.put(upstream.key(), used);
      Upstream before = targets.get(upstream.key());
      if (before != null && before != used) {
        moved.add(upstream.key());
      }
    }
    return new Targets(all, moved);
  }

  /// A connection that may not wait serves one request.
  private static ProxySettings settings(GlobalPlan global) {
    ClientPlan client = global.client();
    boolean waits = client.keepAlive() > 0;
    return new ProxySettings(
        1_000 * client.header(),
        1_000 * client.body(),
        ProxySettings.DEFAULT.sendTimeoutMillis(),
        1_000 * Math.max(1, client.keepAlive()),
        waits ? client.requests() : 1,
        client.http2Requests(),
        !client.ignoresInvalid()
            ? FieldNames.ANY
            : client.underscores() ? FieldNames.WITH_UNDERSCORES : FieldNames.PLAIN,
        ProxySettings.DEFAULT.pace(),
        client.perSource(),
        client.makesRequestIds(),
        global.forwarded() == null ? null : forwarded(global.forwarded()),
        client.http3());
  }

  private static ForwardedRules forwarded(ForwardedPlan plan) {
    Cidr[] peers =
        plan.peers().stream().flatMap(text -> Cidr.parse(text).stream()).toArray(Cidr[]::new);
    return new ForwardedRules(
        (high, low) -> Cidr.anyContains(peers, high, low),
        HeaderName.of(plan.addressField()),
        HeaderName.of(plan.hostField()),
        plan.takesFields(),
        plan.appends());
  }

  /// What logs and metrics call the routes of the configuration linked last.
  public List<RouteLabels> labels() {
    List<RouteLabels> labels = new ArrayList<>();
    for (LinkedHost host : hosts.values()) {
      for (LinkedRoute route : host.routes()) {
        labels.add(route.route().labels());
      }
    }
    return labels;
  }

  /// Lets go of whatever the configuration linked last does not use.
  public void retire() {
    state.retire();
    upstreams.retire();
    certificates.retire();
  }

  /// Does what time alone asks for: new keys of session tickets. To be called every few hours.
  public void passTime(Instant now) {
    certificates.renewTicketKeys(now);
  }

  /// Frees the TLS contexts, when nothing serves any more.
  @Override
  public void close() {
    certificates.close();
  }

  private LinkedHost link(HostPlan plan, @Nullable LinkedHost before, Targets now) {
    if (before != null && before.plan().equals(plan) && isCurrent(before, now.moved())) {
      for (LinkedRoute route : before.routes()) {
        route.used().forEach(state::keep);
      }
      return before;
    }
    Map<RoutePlan, LinkedRoute> known = new HashMap<>();
    if (before != null) {
      for (LinkedRoute route : before.routes()) {
        known.put(route.plan(), route);
      }
    }
    List<LinkedRoute> made = new ArrayList<>(plan.routes().size());
    for (RoutePlan route : plan.routes()) {
      LinkedRoute old = known.get(route);
      if (old != null && isCurrent(old, now.moved())) {
        old.used().forEach(state::keep);
        made.add(old);
      } else {
        UpstreamKey spare = route.defaultBackend();
        made.add(
            routes.link(
                route, target(route, now.all()), spare == null ? null : now.all().get(spare)));
      }
    }
    return LinkedHost.of(plan, made);
  }

  private static boolean isCurrent(LinkedHost host, Set<UpstreamKey> moved) {
    if (moved.isEmpty()) {
      return true;
    }
    for (LinkedRoute route : host.routes()) {
      if (!isCurrent(route, moved)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCurrent(LinkedRoute route, Set<UpstreamKey> moved) {
    return moved.isEmpty()
        || !(route.plan().target() instanceof RoutePlan.ToUpstream(UpstreamKey key)
                && moved.contains(key))
            && (route.plan().defaultBackend() == null
                || !moved.contains(route.plan().defaultBackend()));
  }

  private static @Nullable Upstream target(RoutePlan plan, Map<UpstreamKey, Upstream> targets) {
    return plan.target() instanceof RoutePlan.ToUpstream to ? targets.get(to.key()) : null;
  }
}
