package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.L4Plan;
import dev.lintel.ingress.plan.L4Plan.HeadersPlan;
import dev.lintel.ingress.plan.L4Plan.ServicePlan;
import dev.lintel.ingress.plan.L4Plan.StreamPlan;
import dev.lintel.ingress.plan.PassthroughPlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.proxy.l4.L4Config;
import dev.lintel.proxy.l4.Passthrough;
import dev.lintel.proxy.l4.PassthroughIndex;
import dev.lintel.proxy.l4.ProxyHeaderRules;
import dev.lintel.proxy.l4.ProxyVersion;
import dev.lintel.proxy.l4.StreamRules;
import dev.lintel.proxy.l4.StreamService;
import dev.lintel.proxy.l4.StreamTarget;
import dev.lintel.proxy.upstream.Upstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What happens below HTTP, as it is served. It keeps nothing alive but the upstreams, which the
/// plan names.
final class L4Linking {
  private L4Linking() {}

  /// @param upstreams of the plan
  static L4Config link(ProxyPlan plan, Map<UpstreamKey, Upstream> upstreams) {
    L4Plan l4 = plan.l4();
    List<StreamService> services = new ArrayList<>(l4.services().size());
    for (ServicePlan service : l4.services()) {
      Upstream upstream = upstreams.get(service.upstream());
      if (upstream != null) {
        // nginx sends the first version.
        ProxyVersion sends = service.sends() ? ProxyVersion.ONE : ProxyVersion.NONE;
        services.add(
            new StreamService(
                service.port(),
                service.udp(),
                new StreamTarget(upstream, sends),
                service.decodes()));
      }
    }
    StreamPlan streams = l4.streams();
    return new L4Config(
        headers(l4.headers()),
        passthrough(plan.hosts(), upstreams),
        new StreamRules(
            streams.idleMillis(),
            StreamRules.USUAL.connectMillis(),
            streams.tries(),
            streams.tryMillis(),
            streams.responses()),
        List.copyOf(services));
  }

  private static @Nullable ProxyHeaderRules headers(@Nullable HeadersPlan plan) {
    if (plan == null) {
      return null;
    }
    Cidr[] peers =
        plan.peers().stream().flatMap(text -> Cidr.parse(text).stream()).toArray(Cidr[]::new);
    return new ProxyHeaderRules(
        (high, low) -> Cidr.anyContains(peers, high, low), plan.timeoutMillis(), plan.onHttp());
  }

  private static @Nullable PassthroughIndex passthrough(
      List<HostPlan> hosts, Map<UpstreamKey, Upstream> upstreams) {
    if (hosts.stream().allMatch(host -> host.passthrough() == null)) {
      return null;
    }
    PassthroughIndex.Builder index = PassthroughIndex.builder();
    for (HostPlan host : hosts) {
      PassthroughPlan plan = host.passthrough();
      if (plan == null) {
        index.open(host.host());
      } else if (!host.host().isEmpty()) {
        Upstream upstream = plan.target() == null ? null : upstreams.get(plan.target());
        index.pass(
            host.host(),
            new Passthrough(
                upstream == null
                    ? null
                    : new StreamTarget(upstream, ProxyVersion.values()[plan.proxyVersion()])));
      }
    }
    return index.build();
  }
}
