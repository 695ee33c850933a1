package dev.lintel.ingress;

import dev.lintel.ingress.compile.CompileOptions;
import dev.lintel.ingress.compile.IncrementalCompiler;
import dev.lintel.ingress.compile.L4Options;
import dev.lintel.ingress.compile.LabelSelector;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.plan.PlanPrinter;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.tls.KeyMaterial;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The compiler under the options of one start. Certificates are judged by the hour, so that equal
/// objects give equal plans in between.
final class PlanSource implements Function<KubernetesSnapshot, Compilation> {
  private final ControllerConfig config;
  private final KeyMaterial selfMade;
  private final IncrementalCompiler compiler = new IncrementalCompiler();

  private PlanSource(ControllerConfig config, KeyMaterial selfMade) {
    this.config = config;
    this.selfMade = selfMade;
  }

  /// @param selfMade the certificate shown where no other is given
  static PlanSource of(ControllerConfig config, KeyMaterial selfMade) {
    return new PlanSource(config, selfMade);
  }

  @Override
  public Compilation apply(KubernetesSnapshot snapshot) {
    // The end of this hour: a certificate that was issued a minute ago is valid.
    Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
    return compiler.compile(snapshot, options(hour));
  }

  private CompileOptions options(Instant now) {
    ControllerConfig.Selection selection = config.selection();
    ControllerConfig.Objects objects = config.objects();
    String namespace = "";
    String selector = "";
    if (config.source() instanceof ControllerConfig.Cluster cluster) {
      namespace = cluster.namespace();
      selector = cluster.namespaceSelector();
    }
    String prefix = selection.annotationsPrefix();
    return new CompileOptions(
        selection.ingressClass(),
        selection.controllerClass(),
        selection.classByName(),
        selection.withoutClass(),
        namespace,
        selector.isEmpty() ? LabelSelector.EVERYTHING : LabelSelector.parse(selector),
        selection.ignoresCatchAll(),
        selection.refusesExternalNames(),
        objects.defaultBackend(),
        objects.defaultCertificate(),
        objects.configMap(),
        prefix.endsWith("/") ? prefix : prefix + "/",
        selfMade,
        now,
        l4());
  }

  private L4Options l4() {
    ControllerConfig.Streams streams = config.objects().streams();
    ControllerConfig.Listening ports = config.listening();
    return new L4Options(
        streams.tcpServices(),
        streams.udpServices(),
        streams.passesThrough(),
        Set.copyOf(List.of(ports.httpPort(), ports.httpsPort(), ports.adminPort())));
  }

  /// The plan as people and goldens see it.
  static String print(ProxyPlan plan, List<Problem> problems) {
    return PlanPrinter.print(plan)
        + (problems.isEmpty() ? "" : "-- problems --\n" + PlanPrinter.print(problems));
  }
}
