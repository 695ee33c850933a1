package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.L4Plan.ServicePlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The ports in the ConfigMaps of TCP and UDP services: `"9000": "default/db:5432:PROXY:PROXY"`,
/// where the first PROXY is a header that clients send and the second one that the Service gets. An
/// entry that cannot be read opens no port and is in no other entry's way.
final class StreamServices {
  private static final String NAME = "[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?";
  private static final Pattern ENTRY =
      Pattern.compile(
          "(" + NAME + ")/(" + NAME + "):([-a-z0-9]+)(?::(PROXY)?(?::(PROXY)?)?)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PORT = Pattern.compile("[1-9]\\d{0,4}");
  private static final int LAST_PORT = 65_535;
  private static final String CLOSED = "the port is not opened";

  private final KubernetesSnapshot snapshot;
  private final L4Options options;
  private final UpstreamAssembly upstreams;
  private final ProblemLog problems;
  private final List<ServicePlan> plans = new ArrayList<>();

  private StreamServices(
      KubernetesSnapshot snapshot,
      L4Options options,
      UpstreamAssembly upstreams,
      ProblemLog problems) {
    this.snapshot = snapshot;
    this.options = options;
    this.upstreams = upstreams;
    this.problems = problems;
  }

  /// All of them, TCP first, by port.
  static List<ServicePlan> read(
      KubernetesSnapshot snapshot,
      L4Options options,
      UpstreamAssembly upstreams,
      ProblemLog problems) {
    StreamServices services = new StreamServices(snapshot, options, upstreams, problems);
    services.read(options.tcpServices(), false);
    services.read(options.udpServices(), true);
    return List.copyOf(services.plans);
  }

  private void read(@Nullable ObjectKey name, boolean udp) {
    ConfigMapView map = name == null ? null : snapshot.configMaps().get(name);
    if (map == null) {
      return;
    }
    Source source = new Source("ConfigMap", map.key().toString());
    Map<Integer, ServicePlan> sorted = new TreeMap<>();
    new TreeMap<>(map.data())
        .forEach(
            (key, value) -> {
              ServicePlan plan = entry(source, key, value.strip(), udp);
              if (plan != null) {
                sorted.put(plan.port(), plan);
              }
            });
    plans.addAll(sorted.values());
  }

  private @Nullable ServicePlan entry(Source source, String key, String value, boolean udp) {
    int port = PORT.matcher(key).matches() ? Integer.parseInt(key) : 0;
    if (port == 0 || port > LAST_PORT) {
      refuse(source, key, "is no port", "a number from 1 to 65535");
      return null;
    }
    if (!udp && options.ownPorts().contains(port)) {
      refuse(source, key, "is a port of Lintel's own", "");
      return null;
    }
    Matcher entry = ENTRY.matcher(value);
    if (!entry.matches()) {
      refuse(
          source,
          key,
          "\"" + value + "\" names no Service",
          "namespace/service:port[:PROXY][:PROXY]");
      return null;
    }
    boolean decodes = entry.group(4) != null;
    boolean sends = entry.group(5) != null;
    if (udp && (decodes || sends)) {
      refuse(source, key, "asks for the PROXY protocol, which datagrams do not have", "");
      return null;
    }
    UpstreamKey upstream =
        new UpstreamKey(
            entry.group(1),
            entry.group(2),
            entry.group(3),
            udp ? UpstreamProtocol.UDP : UpstreamProtocol.TCP);
    if (upstreams.kind(upstream) instanceof UpstreamPlan.Missing(String reason)) {
      problems.add(
          new Problem.UnresolvedReference(
              source,
              key,
              reason,
              "",
              udp ? "its datagrams are dropped" : "its connections are closed",
              Severity.ERROR));
    }
    return new ServicePlan(udp, port, upstream, decodes, sends);
  }

  private void refuse(Source source, String key, String found, String expected) {
    problems.add(new Problem.InvalidValue(source, key, found, expected, CLOSED, Severity.ERROR));
  }
}
