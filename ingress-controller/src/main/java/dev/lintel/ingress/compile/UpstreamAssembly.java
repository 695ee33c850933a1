package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ServiceView;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The upstreams that routes name. Ingresses that name the same Service and port share one; its
/// guards are those of the oldest Ingress that asks for any.
final class UpstreamAssembly {
  private static final Comparator<IngressReading> OLDEST_FIRST =
      Comparator.comparingInt(IngressReading::rank);

  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;
  private final ProblemLog problems;
  private final Map<UpstreamKey, UpstreamPlan.Kind> kinds = new HashMap<>();
  private final Map<UpstreamKey, TreeSet<IngressReading>> users = new HashMap<>();

  UpstreamAssembly(KubernetesSnapshot snapshot, CompileOptions options, ProblemLog problems) {
    this.snapshot = snapshot;
    this.options = options;
    this.problems = problems;
  }

  /// The upstream that an Ingress names at `field`; made where it is new.
  UpstreamKey named(IngressReading ingress, String field, BackendView backend) {
    String port =
        backend.portNumber() > 0
            ? Integer.toString(backend.portNumber())
            : backend.portName() == null ? "" : backend.portName();
    UpstreamKey key = new UpstreamKey(ingress.view().key().namespace(), backend.service(), port);
    UpstreamPlan.Kind kind = kind(key);
    if (kind instanceof UpstreamPlan.Missing(String reason)) {
      problems.add(
          new Problem.UnresolvedReference(
              ingress.source(), field, reason, "", "its requests get 503", Severity.ERROR));
    }
    users.computeIfAbsent(key, _ -> new TreeSet<>(OLDEST_FIRST)).add(ingress);
    return key;
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
    UpstreamKey upstream = new UpstreamKey(key.namespace(), key.name(), port);
    kind(upstream);
    return Optional.of(upstream);
  }

  /// All of them, sorted.
  SortedMap<UpstreamKey, UpstreamPlan> plans() {
    SortedMap<UpstreamKey, UpstreamPlan> plans = new TreeMap<>();
    new TreeMap<>(kinds)
        .forEach((key, kind) -> plans.put(key, new UpstreamPlan(key, kind, guard(key))));
    return plans;
  }

  private UpstreamPlan.Kind kind(UpstreamKey key) {
    return kinds.computeIfAbsent(key, this::resolved);
  }

  private UpstreamPlan.Kind resolved(UpstreamKey key) {
    ObjectKey name = new ObjectKey(key.namespace(), key.service());
    ServiceView service = snapshot.services().get(name);
    if (service == null) {
      return new UpstreamPlan.Missing("Service " + name + " does not exist");
    }
    ServiceView.PortView port = port(service, key.port());
    if (service.type() == ServiceView.Type.EXTERNAL_NAME) {
      return external(service, key, port);
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
    if (host.isEmpty() || isThisMachine(host)) {
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

  /// An ExternalName must not lead into Lintel's own ports.
  private static boolean isThisMachine(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.startsWith("127.")
        || host.equals("0.0.0.0")
        || host.equals("::1")
        || host.equals("::");
  }

  private static int numberOf(String port) {
    return port.matches("[1-9]\\d{0,4}") && Integer.parseInt(port) < 65_536
        ? Integer.parseInt(port)
        : 0;
  }

  /// By its number, or else its name, or else the text of its target port.
  private static ServiceView.@Nullable PortView port(ServiceView service, String wanted) {
    ServiceView.PortView byName = null;
    ServiceView.PortView byTarget = null;
    for (ServiceView.PortView port : service.ports()) {
      if (!port.protocol().isEmpty() && !port.protocol().equals("TCP")) {
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

  private GuardPlan guard(UpstreamKey key) {
    GuardPlan chosen = null;
    IngressReading winner = null;
    for (IngressReading user : users.getOrDefault(key, new TreeSet<>(OLDEST_FIRST))) {
      GuardPlan asked = user.upstreamGuard();
      if (asked == null) {
        continue;
      }
      if (winner == null || chosen == null) {
        chosen = asked;
        winner = user;
      } else if (!asked.equals(chosen)) {
        problems.add(
            new Problem.Conflict(
                user.source(),
                "upstream " + key,
                "asks for other guards than " + winner.view().key(),
                "",
                "those of " + winner.view().key() + " count, which is older",
                Severity.WARNING));
      }
    }
    return chosen == null ? GuardPlan.OFF : chosen;
  }
}
