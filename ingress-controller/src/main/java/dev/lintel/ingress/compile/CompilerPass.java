package dev.lintel.ingress.compile;

import dev.lintel.ingress.compile.Compiled.Globals;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.L4Settings;
import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.L4Plan.ServicePlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.plan.UpstreamPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.Lookup;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One go at a compilation: of everything, or of what changed since an earlier one. A go in which
/// an Ingress failed is of no use; the next one leaves it out.
final class CompilerPass {
  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;
  private final List<Feature<?>> features;
  private final Map<ObjectKey, RuntimeException> leftOut;
  private final Map<ObjectKey, RuntimeException> failed = new TreeMap<>();

  /// @param leftOut Ingresses that are passed over, and why
  CompilerPass(
      KubernetesSnapshot snapshot,
      CompileOptions options,
      List<Feature<?>> features,
      Map<ObjectKey, RuntimeException> leftOut) {
    this.snapshot = snapshot;
    this.options = options;
    this.features = features;
    this.leftOut = leftOut;
  }

  /// The Ingresses that a fault of Lintel kept from being compiled, and that fault.
  Map<ObjectKey, RuntimeException> failed() {
    return failed;
  }

  /// Compiles.
  ///
  /// @param before an earlier compilation, or null; only speed depends on it
  Compiled run(@Nullable Compiled before) {
    ProblemLog problems = new ProblemLog();
    leftOut.forEach((key, fault) -> problems.add(internal(key, fault)));
    Stages stages = new Stages(problems);
    Scope scope =
        before != null && before.isBaseFor(options, snapshot, stages.globals)
            ? Scope.since(before, snapshot)
            : Scope.everything();
    Selected selected = select(scope);
    while (true) {
      HostDrafts drafts = read(scope, selected, stages.configMap);
      stages.chooseCertificates(scope, drafts);
      Set<String> more = stages.uncovered(scope);
      if (scope.hosts().containsAll(more)) {
        return stages.assemble(scope, selected, drafts);
      }
      scope = scope.with(more, snapshot);
    }
  }

  /// The Ingresses that are ours, in the order in which they win, and what is wrong with each of
  /// all Ingresses.
  private record Selected(
      List<IngressView> chosen,
      SortedSet<ObjectKey> names,
      SortedMap<ObjectKey, List<Problem>> problems) {}

  private Selected select(Scope scope) {
    Compiled base = scope.base();
    if (base != null && scope.changes().ingresses().isEmpty()) {
      return new Selected(
          base.chosen(), base.compilation().ingresses(), new TreeMap<>(base.ingresses()));
    }
    Selected selected =
        base == null
            ? new Selected(new ArrayList<>(), new TreeSet<>(), new TreeMap<>())
            : new Selected(
                new ArrayList<>(base.chosen()),
                new TreeSet<>(base.compilation().ingresses()),
                new TreeMap<>(base.ingresses()));
    if (base == null) {
      snapshot.ingresses().values().forEach(view -> judge(view, selected));
    } else {
      Set<ObjectKey> changed = scope.changes().ingresses();
      selected.chosen().removeIf(view -> changed.contains(view.key()));
      for (ObjectKey key : changed) {
        selected.names().remove(key);
        selected.problems().remove(key);
        IngressView view = snapshot.ingresses().get(key);
        if (view != null) {
          judge(view, selected);
        }
      }
    }
    selected.chosen().sort(ClassSelection.OLDEST_FIRST);
    return selected;
  }

  private void judge(IngressView view, Selected selected) {
    ProblemLog problems = new ProblemLog();
    if (new ClassSelection(snapshot, options).accepts(view, problems)) {
      selected.chosen().add(view);
      selected.names().add(view.key());
    }
    note(view.key(), problems, selected);
  }

  private static void note(ObjectKey key, ProblemLog problems, Selected selected) {
    List<Problem> list = problems.list();
    if (list.isEmpty()) {
      selected.problems().remove(key);
    } else {
      selected.problems().put(key, list);
    }
  }

  /// The hosts of the scope, each with all that its Ingresses want; others are there in part.
  private HostDrafts read(Scope scope, Selected selected, ConfigMapReading configMap) {
    HostDrafts hosts = new HostDrafts();
    for (IngressView view : selected.chosen()) {
      if (!scope.concerns(view) || leftOut.containsKey(view.key())) {
        continue;
      }
      try {
        IngressReading reading =
            new IngressReading(view, snapshot, configMap, options.annotationsPrefix());
        if (reading.isCanary()) {
          reading.problems().add(canary(reading));
        } else {
          hosts.add(reading);
        }
        note(view.key(), reading.problems(), selected);
      } catch (RuntimeException e) {
        failed.put(view.key(), e);
      }
    }
    hosts.addAliases();
    return hosts;
  }

  private static Problem canary(IngressReading reading) {
    return new Problem.Unsupported(
        reading.source(),
        "canary",
        "asks for canary routing; not carried out",
        "",
        "the Ingress is not routed, its primary gets all requests",
        Severity.WARNING);
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

  /// What comes after the reading, with what all hosts share.
  private final class Stages {
    private final ProblemLog problems;
    private final ConfigMapReading configMap;
    private final UpstreamAssembly upstreams;
    private final Globals globals;
    private final List<ServicePlan> services;
    private CertificateChoice certificates;

    /// @param problems those of no Ingress and no host
    Stages(ProblemLog problems) {
      this.problems = problems;
      configMap = new ConfigMapReading(snapshot, options, problems);
      certificates = new CertificateChoice(snapshot, options, problems);
      upstreams =
          new UpstreamAssembly(
              snapshot, options, configMap.connections(), configMap.guard(), problems);
      services = StreamServices.read(snapshot, options.l4(), upstreams, problems);
      globals =
          new Globals(
              options.configMap() == null ? null : snapshot.configMaps().get(options.configMap()),
              certificates.defaults(),
              upstreams.ofFlag());
    }

    void chooseCertificates(Scope scope, HostDrafts drafts) {
      certificates = new CertificateChoice(snapshot, options, problems);
      if (scope.base() != null) {
        certificates.takeOver(before(scope.base()), scope.hosts());
      }
      for (HostDraft draft : drafts.drafts().values()) {
        if (scope.concerns(draft.host())) {
          certificates.choose(draft);
        }
      }
    }

    private static SortedMap<String, CertificatePlan> before(Compiled base) {
      return base.compilation().plan().certificates();
    }

    /// The hosts that a wildcard covers which got or lost its certificate.
    Set<String> uncovered(Scope scope) {
      if (scope.base() == null) {
        return Set.of();
      }
      Set<String> turned = new HashSet<>();
      for (String host : scope.hosts()) {
        boolean had = before(scope.base()).containsKey(host);
        if (host.startsWith("*.") && had != certificates.certificates().containsKey(host)) {
          turned.add(host);
        }
      }
      Set<String> covered = new HashSet<>();
      if (!turned.isEmpty()) {
        for (String host : scope.base().hosts().keySet()) {
          if (turned.contains(HostNames.wildcardOf(host))) {
            covered.add(host);
          }
        }
      }
      return covered;
    }

    Compiled assemble(Scope scope, Selected selected, HostDrafts drafts) {
      Compiled base = scope.base();
      RouteAssembler routes =
          new RouteAssembler(
              features, certificates, upstreams, globals.defaultBackend(), configMap);
      SortedMap<String, HostPiece> hosts = new TreeMap<>();
      if (base != null) {
        hosts.putAll(base.hosts());
        hosts.keySet().removeAll(scope.hosts());
      }
      for (HostDraft draft : drafts.drafts().values()) {
        if (draft.primary() == null && scope.concerns(draft.host())) {
          hosts.put(draft.host(), new HostAssembly(draft, routes).piece());
        }
      }
      for (HostDraft draft : drafts.drafts().values()) {
        HostPiece served = draft.primary() == null ? null : hosts.get(draft.primary().host());
        if (served != null && scope.concerns(draft.host())) {
          hosts.put(draft.host(), served.under(draft));
        }
      }
      failed.putAll(routes.failed());
      ProxyPlan plan = plan(scope, hosts);
      for (HostPiece host : hosts.values()) {
        problems.addAll(host.problems());
      }
      selected.problems().values().forEach(problems::addAll);
      configMap.report();
      Compilation compilation =
          new Compilation(plan, problems.sorted(), selected.names(), secrets(hosts));
      return new Compiled(
          options,
          snapshot,
          globals,
          selected.chosen(),
          selected.problems(),
          hosts,
          leftOut.isEmpty(),
          compilation);
    }

    private ProxyPlan plan(Scope scope, SortedMap<String, HostPiece> hosts) {
      @Nullable ProxyPlan before = scope.base() == null ? null : scope.base().compilation().plan();
      SortedMap<UpstreamKey, UpstreamPlan> all =
          upstreams.plans(
              hosts.values(),
              globals.defaultBackend(),
              services,
              before == null ? Map.of() : before.upstreams(),
              scope.changes().services());
      return new ProxyPlan(
          hosts.values().stream().map(HostPiece::plan).toList(),
          before == null
              ? certificates.certificates()
              : same(certificates.certificates(), before.certificates()),
          certificates.defaults(),
          before == null ? all : same(all, before.upstreams()),
          configMap.plan(),
          L4Settings.plan(configMap.globals(), services));
    }

    /// What was there before, where it is equal: comparing the plans then ends at once.
    private static <T> T same(T now, T before) {
      return Objects.equals(now, before) ? before : now;
    }

    private SortedSet<ObjectKey> secrets(SortedMap<String, HostPiece> hosts) {
      SortedSet<ObjectKey> secrets = new TreeSet<>();
      if (options.defaultSslCertificate() != null) {
        secrets.add(options.defaultSslCertificate());
      }
      for (HostPiece host : hosts.values()) {
        for (Lookup lookup : host.lookups()) {
          if (lookup.kind() == ObjectKind.SECRET) {
            secrets.add(lookup.key());
          }
        }
      }
      return secrets;
    }
  }
}
