package dev.lintel.ingress.compile;

import dev.lintel.ingress.compile.HostPiece.GuardWish;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.ThisMachine;
import dev.lintel.ingress.plan.ConnectionsPlan;
import dev.lintel.ingress.plan.L4Plan.ServicePlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.ingress.plan.UpstreamTlsPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ServiceView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The upstreams that routes name. Ingresses that name the same Service and port share one; its
/// guards are those of the oldest Ingress that asks for any.
final class UpstreamAssembly {
  private static final Comparator<GuardWish> OLDEST_FIRST =
      Comparator.comparing(GuardWish::ingress, ClassSelection.OLDEST_FIRST);

  /// The `appProtocol` of a port that speaks HTTP/2 with prior knowledge.
  private static final String H2C = "kubernetes.io/h2c";

  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;
  private final ConnectionsPlan connections;
  private final GuardPlan usual;
  private final ProblemLog problems;

  /// The upstreams met so far; routes share the key of each.
  private final Map<UpstreamKey, Named> named = new HashMap<>();

  private record Named(UpstreamKey key, String name, UpstreamPlan.Kind kind) {}

  /// @param connections how connections are kept
  /// @param usual what guards those for which no Ingress says it
  /// @param problems told of the flag, and of guards that contradict each other
  UpstreamAssembly(
      KubernetesSnapshot snapshot,
      CompileOptions options,
      ConnectionsPlan connections,
      GuardPlan usual,
      ProblemLog problems) {
    this.snapshot = snapshot;
    this.options = options;
    this.connections = connections;
    this.usual = usual;
    this.problems = problems;
  }

  /// The upstream that an Ingress names at `field`; made where it is new.
  UpstreamKey named(HostDraft draft, IngressReading ingress, String field, BackendView backend) {
    String port =
        backend.portNumber() > 0
            ? Integer.toString(backend.portNumber())
            : backend.portName() == null ? "" : backend.portName();
    Named upstream =
        named(
            new UpstreamKey(
                ingress.view().key().namespace(),
                backend.service(),
                port,
                protocol(ingress, backend.service(), port),
                isByClusterIp(ingress, backend.service()),
                tls(draft, ingress),
                draft.fastCgi().plan(ingress)));
    if (upstream.kind() instanceof UpstreamPlan.Missing(String reason)) {
      draft
          .problems()
          .add(
              new Problem.UnresolvedReference(
                  ingress.source(), field, reason, "", "its requests get 503", Severity.ERROR));
    }
    GuardPlan guard = ingress.upstreamGuard();
    if (guard != null) {
      draft.guardWishes().add(new GuardWish(upstream.key(), ingress.view(), guard));
    }
    return upstream.key();
  }

  /// How the endpoints of an upstream are found that no Ingress names.
  UpstreamPlan.Kind kind(UpstreamKey key) {
    return named(key).kind();
  }

  /// What logs call an upstream.
  String name(UpstreamKey key) {
    return named(key).name();
  }

  /// Whether the Service of an upstream wants the requests of one client at one endpoint.
  boolean isByClientAddress(UpstreamKey key) {
    ServiceView service = snapshot.services().get(new ObjectKey(key.namespace(), key.service()));
    return service != null && service.isByClientAddress();
  }

  private Named named(UpstreamKey key) {
    Named known = named.get(key);
    if (known == null) {
      String name = key.namespace() + "-" + key.service() + "-" + key.port();
      known = new Named(key, name, resolved(key));
      named.put(key, known);
    }
    return known;
  }

  /// The upstream of `--default-backend-service`, on its first port; empty where there is none.
  Optional<UpstreamKey> ofFlag() {
    ObjectKey key = options.defaultBackendService();
    if (key == null) {
      return Optional.empty();
    }
    ServiceView service = snapshot.services().get(key);
    if (service == null || service.ports().isEmpty()) {
      problems.add(
          new Problem.UnresolvedReference(
              new Source("flag", "--default-backend-service"),
              key.toString(),
              service == null ? "the Service does not exist" : "the Service has no port",
              "",
              "requests that nothing matches get Lintel's own 404",
              Severity.WARNING));
      return Optional.empty();
    }
    String port = Integer.toString(service.ports().get(0).port());
    return Optional.of(named(new UpstreamKey(key.namespace(), key.name(), port)).key());
  }

  /// The upstream of the `default-backend` that an Ingress names, on its first port; empty where it
  /// names none that exists. The reader of the Ingress knows what is wrong.
  Optional<UpstreamKey> ofIngress(IngressReading ingress) {
    Optional<ServiceView> service = ingress.reader().service(HostRules.DEFAULT_BACKEND);
    if (service.isPresent() && service.get().ports().isEmpty()) {
      ingress
          .reader()
          .problem(
              HostRules.DEFAULT_BACKEND,
              "Service " + service.get().key() + " has no port",
              "",
              "ignored");
    }
    return service
        .filter(view -> !view.ports().isEmpty())
        .map(
            view ->
                new UpstreamKey(
                    view.key().namespace(),
                    view.key().name(),
                    Integer.toString(view.ports().get(0).port())))
        .map(key -> named(key).key());
  }

  /// The upstreams of all these hosts, that of the flag and those of services, sorted.
  ///
  /// @param before those of an earlier compilation
  /// @param changed the Services that are others now than they were for `before`
  SortedMap<UpstreamKey, UpstreamPlan> plans(
      Collection<HostPiece> hosts,
      Optional<UpstreamKey> ofFlag,
      List<ServicePlan> services,
      Map<UpstreamKey, UpstreamPlan> before,
      Set<ObjectKey> changed) {
    Set<UpstreamKey> keys = new HashSet<>();
    ofFlag.ifPresent(keys::add);
    services.forEach(service -> keys.add(service.upstream()));
    Map<UpstreamKey, List<GuardWish>> wishes = new TreeMap<>();
    for (HostPiece host : hosts) {
      for (RoutePlan route : host.plan().routes()) {
        if (route.target() instanceof RoutePlan.ToUpstream(UpstreamKey key)) {
          keys.add(key);
        }
        if (route.defaultBackend() != null) {
          keys.add(route.defaultBackend());
        }
      }
      for (GuardWish wish : host.wishes()) {
        wishes.computeIfAbsent(wish.upstream(), _ -> new ArrayList<>()).add(wish);
      }
    }
    SortedMap<UpstreamKey, UpstreamPlan> plans = new TreeMap<>();
    for (UpstreamKey key : keys) {
      GuardPlan guard = guard(key, wishes.getOrDefault(key, List.of()));
      UpstreamPlan old = before.get(key);
      boolean stays =
          old != null
              && old.guard().equals(guard)
              && old.connections().equals(connections)
              && (changed.isEmpty()
                  || !changed.contains(new ObjectKey(key.namespace(), key.service())));
      plans.put(key, stays ? old : new UpstreamPlan(key, named(key).kind(), guard, connections));
    }
    return plans;
  }

  private UpstreamProtocol protocol(IngressReading ingress, String service, String portName) {
    UpstreamProtocol chosen = chosen(ingress, service, portName);
    return chosen == UpstreamProtocol.HTTP_1 && ingress.speaksOldHttp()
        ? UpstreamProtocol.HTTP_10
        : chosen;
  }

  /// What the Ingress asks for, or else what the port of the Service says.
  private UpstreamProtocol chosen(IngressReading ingress, String service, String portName) {
    UpstreamProtocol asked = ingress.upstreamProtocol();
    if (asked != null) {
      return asked;
    }
    ServiceView view =
        snapshot.services().get(new ObjectKey(ingress.view().key().namespace(), service));
    ServiceView.PortView port = view == null ? null : port(view, portName, "TCP");
    return port != null && H2C.equals(port.appProtocol())
        ? UpstreamProtocol.HTTP_2
        : UpstreamProtocol.HTTP_1;
  }

  private static @Nullable UpstreamTlsPlan tls(HostDraft draft, IngressReading ingress) {
    return switch (ingress.security()) {
      case NONE -> null;
      case ALL -> new UpstreamTlsPlan(draft.upstreamTls().policy(ingress), false);
      case AS_CLIENTS -> new UpstreamTlsPlan(draft.upstreamTls().policy(ingress), true);
    };
  }

  /// A Service without an address of its own is used by its endpoints.
  private boolean isByClusterIp(IngressReading ingress, String name) {
    if (!ingress.reader().get(HostRules.SERVICE_UPSTREAM)) {
      return false;
    }
    ServiceView service =
        snapshot.services().get(new ObjectKey(ingress.view().key().namespace(), name));
    return service != null
        && service.type() != ServiceView.Type.EXTERNAL_NAME
        && !service.isHeadless()
        && !service.clusterIp().isEmpty();
  }

  private UpstreamPlan.Kind resolved(UpstreamKey key) {
    ObjectKey name = new ObjectKey(key.namespace(), key.service());
    ServiceView service = snapshot.services().get(name);
    if (service == null) {
      return new UpstreamPlan.Missing("Service " + name + " does not exist");
    }
    ServiceView.PortView port =
        port(service, key.port(), key.protocol() == UpstreamProtocol.UDP ? "UDP" : "TCP");
    if (service.type() == ServiceView.Type.EXTERNAL_NAME) {
      return external(service, key, port);
    }
    if (port != null && key.byClusterIp()) {
      return new UpstreamPlan.ClusterIp(service.clusterIp(), port.port());
    }
    return port == null
        ? new UpstreamPlan.Missing("Service " + name + " has no port \"" + key.port() + "\"")
        : new UpstreamPlan.ServiceEndpoints(
            port.name() == null ? "" : port.name(), service.isHeadless());
  }

  private UpstreamPlan.Kind external(
      ServiceView service, UpstreamKey key, ServiceView.@Nullable PortView port) {
    String what = "Service " + service.key();
    String host =
        service.externalName() == null ? "" : HostNames.normalized(service.externalName());
    if (options.isExternalNameDisabled()) {
      return new UpstreamPlan.Missing(
          what + " is an ExternalName, refused by --disable-svc-external-name");
    }
    if (host.isEmpty() || ThisMachine.isNamed(host)) {
      return new UpstreamPlan.Missing(
          what + " points to \"" + host + "\", which is no host outside this machine");
    }
    int number = numberOf(port == null ? key.port() : port.targetPort());
    if (number == 0 && port != null) {
      number = port.port();
    }
    return number == 0
        ? new UpstreamPlan.Missing(what + " has no port \"" + key.port() + "\"")
        : new UpstreamPlan.ExternalName(host, number);
  }

  private static int numberOf(String port) {
    return port.matches("[1-9]\\d{0,4}") && Integer.parseInt(port) < 65_536
        ? Integer.parseInt(port)
        : 0;
  }

  /// By its number, or else its name, or else the text of its target port.
  private static ServiceView.@Nullable PortView port(
      ServiceView service, String wanted, String protocol) {
    ServiceView.PortView byName = null;
    ServiceView.PortView byTarget = null;
    for (ServiceView.PortView port : service.ports()) {
      if (!(port.protocol().isEmpty() ? "TCP" : port.protocol()).equals(protocol)) {
        continue;
      }
      if (Integer.toString(port.port()).equals(wanted)) {
        return port;
      }
      byName = byName == null && wanted.equals(port.name()) ? port : byName;
      byTarget = byTarget == null && wanted.equals(port.targetPort()) ? port : byTarget;
    }
    return byName != null ? byName : byTarget;
  }

  private GuardPlan guard(UpstreamKey key, List<GuardWish> wishes) {
    if (key.protocol() == UpstreamProtocol.TCP || key.protocol() == UpstreamProtocol.UDP) {
      return GuardPlan.OFF; // guards look at requests, and checks ask for pages
    }
    if (wishes.isEmpty()) {
      return usual;
    }
    List<GuardWish> sorted = new ArrayList<>(wishes);
    sorted.sort(OLDEST_FIRST);
    GuardWish winner = sorted.get(0);
    for (GuardWish wish : sorted) {
      if (!wish.guard().equals(winner.guard())) {
        problems.add(
            new Problem.Conflict(
                new Source("Ingress", wish.ingress().key().toString()),
                "upstream " + key,
                "asks for other guards than " + winner.ingress().key(),
                "",
                "those of " + winner.ingress().key() + " count, which is older",
                Severity.WARNING));
      }
    }
    return winner.guard();
  }
}
