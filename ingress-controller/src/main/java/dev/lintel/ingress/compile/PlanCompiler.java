package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Features;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Turns a snapshot into a plan and the list of what was wrong. Pure: the same arguments give the
/// same result, and nothing is kept between two calls.
public final class PlanCompiler {
  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;
  private final List<Feature<?>> features;

  private PlanCompiler(
      KubernetesSnapshot snapshot, CompileOptions options, List<Feature<?>> features) {
    this.snapshot = snapshot;
    this.options = options;
    this.features = features;
  }

  /// Compiles everything.
  public static Compilation compile(KubernetesSnapshot snapshot, CompileOptions options) {
    return compile(snapshot, options, Features.ALL);
  }

  /// The same with other features, for tests of what a fault in one of them does.
  static Compilation compile(
      KubernetesSnapshot snapshot, CompileOptions options, List<Feature<?>> features) {
    return new PlanCompiler(snapshot, options, features).run();
  }

  /// An Ingress that a fault of Lintel keeps from being compiled is left out, and everything else
  /// compiled as if it did not exist: so the hosts it shares with others are whole.
  private Compilation run() {
    Map<ObjectKey, RuntimeException> failed = new TreeMap<>();
    while (true) {
      Map<ObjectKey, RuntimeException> more = new TreeMap<>();
      Compilation compilation = attempt(failed, more);
      if (more.isEmpty()) {
        return compilation;
      }
      failed.putAll(more);
    }
  }

  private Compilation attempt(
      Map<ObjectKey, RuntimeException> leftOut, Map<ObjectKey, RuntimeException> failed) {
    ProblemLog problems = new ProblemLog();
    leftOut.forEach((key, fault) -> problems.add(internal(key, fault)));
    ConfigMapReading configMap = new ConfigMapReading(snapshot, options, problems);
    SortedSet<ObjectKey> accepted = new TreeSet<>();
    List<IngressReading> readings = new ArrayList<>();
    HostDrafts hosts = new HostDrafts(problems);
    for (IngressView view : new ClassSelection(snapshot, options, problems).chosen()) {
      accepted.add(view.key());
      if (leftOut.containsKey(view.key())) {
        continue;
      }
      try {
        read(view, readings, configMap, hosts, problems);
      } catch (RuntimeException e) {
        failed.put(view.key(), e);
      }
    }
    CertificateChoice certificates = new CertificateChoice(snapshot, options, problems);
    hosts.drafts().values().forEach(certificates::choose);
    UpstreamAssembly upstreams = new UpstreamAssembly(snapshot, options, problems);
    RouteAssembler routes = new RouteAssembler(features, certificates, upstreams);
    List<HostPlan> plans =
        hosts.drafts().values().stream()
            .map(draft -> new HostAssembly(draft, routes, problems).plan())
            .toList();
    failed.putAll(routes.failed());
    ProxyPlan plan =
        new ProxyPlan(
            plans,
            certificates.certificates(),
            certificates.defaults(),
            upstreams.plans(),
            configMap.plan());
    SortedSet<ObjectKey> secrets = new TreeSet<>(certificates.secrets());
    for (IngressReading reading : readings) {
      problems.addAll(reading.reader().problems());
      secrets.addAll(reading.reader().secrets());
    }
    configMap.report();
    return new Compilation(plan, problems.sorted(), accepted, secrets);
  }

  private void read(
      IngressView view,
      List<IngressReading> readings,
      ConfigMapReading configMap,
      HostDrafts hosts,
      ProblemLog problems) {
    IngressReading reading =
        new IngressReading(
            view, readings.size(), snapshot, configMap, options.annotationsPrefix(), problems);
    readings.add(reading);
    if (reading.isCanary()) {
      problems.add(
          new Problem.Unsupported(
              reading.source(),
              "canary",
              "asks for canary routing; not carried out",
              "",
              "the Ingress is not routed, its primary gets all requests",
              Severity.WARNING));
    } else {
      hosts.add(reading);
    }
  }

  private static Problem internal(ObjectKey key, RuntimeException fault) {
    return new Problem.InternalError(
        new Source("Ingress", key.toString()),
        "annotations",
        "Lintel failed to compile it: " + fault,
        "",
        "the Ingress is left out",
        Severity.ERROR);
  }
}
