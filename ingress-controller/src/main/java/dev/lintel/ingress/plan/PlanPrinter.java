package dev.lintel.ingress.plan;

import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.plan.RoutePlan.NotFound;
import dev.lintel.ingress.plan.RoutePlan.Target;
import dev.lintel.ingress.plan.RoutePlan.ToUpstream;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Prints a plan as text that people read and tests compare: one line for each host, route and
/// feature. Settings equal to their defaults are left out, secret bytes show as a fingerprint.
public final class PlanPrinter {
  private static final int FINGERPRINT_DIGITS = 12;

  private final StringBuilder out = new StringBuilder(4096);

  private PlanPrinter() {}

  /// The text of a plan; lines end with a line feed.
  public static String print(ProxyPlan plan) {
    return new PlanPrinter().plan(plan);
  }

  /// A sum of what a plan prints as, without its whole text at once: equal on replicas that serve
  /// the same.
  public static long checksum(ProxyPlan plan) {
    CRC32 sum = new CRC32();
    PlanPrinter printer = new PlanPrinter();
    for (HostPlan host : plan.hosts()) {
      printer.host(host, plan.certificates().get(host.host()));
      printer.drain(sum);
    }
    printer.rest(plan);
    printer.drain(sum);
    return sum.getValue();
  }

  private void drain(CRC32 sum) {
    sum.update(out.toString().getBytes(StandardCharsets.UTF_8));
    out.setLength(0);
  }

  /// The text of problems, a line each, in the order given.
  public static String print(List<Problem> problems) {
    StringBuilder text = new StringBuilder();
    for (Problem problem : problems) {
      text.append(problem.sentence())
          .append("   (")
          .append(kind(problem))
          .append(", ")
          .append(problem.severity().name().toLowerCase(Locale.ROOT))
          .append(")\n");
    }
    return text.toString();
  }

  private static String kind(Problem problem) {
    return switch (problem) {
      case Problem.InvalidValue _ -> "invalid value";
      case Problem.UnresolvedReference _ -> "unresolved reference";
      case Problem.Conflict _ -> "conflict";
      case Problem.Unsupported _ -> "unsupported";
      case Problem.Denied _ -> "denied";
      case Problem.InternalError _ -> "internal error";
    };
  }

  private String plan(ProxyPlan plan) {
    for (HostPlan host : plan.hosts()) {
      host(host, plan.certificates().get(host.host()));
    }
    rest(plan);
    return out.toString();
  }

  private void rest(ProxyPlan plan) {
    out.append("certificates\n");
    certificate("(default)", plan.defaultCertificate());
    plan.certificates().forEach(this::certificate);
    if (!plan.upstreams().isEmpty()) {
      out.append("upstreams\n");
      plan.upstreams().values().forEach(this::upstream);
    }
    if (!plan.global().logFormat().equals(GlobalPlan.USUAL_LOG_FORMAT)) {
      out.append("log format ").append(RecordText.of(plan.global().logFormat())).append('\n');
    }
    if (!plan.global().log().equals(LogPlan.USUAL)) {
      out.append("access log").append(RecordText.components(plan.global().log())).append('\n');
    }
    if (!plan.global().client().equals(ClientPlan.USUAL)) {
      out.append(RecordText.of(plan.global().client())).append('\n');
    }
    if (plan.global().forwarded() != null) {
      out.append("proxies in front").append(RecordText.components(plan.global().forwarded()));
      out.append('\n');
    }
    if (!plan.global().tls().equals(TlsPlan.USUAL)) {
      out.append(RecordText.of(plan.global().tls())).append('\n');
    }
    out.append(plan.l4());
  }

  private void host(HostPlan host, @Nullable CertificatePlan certificate) {
    out.append("host ").append(host.host().isEmpty() ? "(every other)" : host.host());
    if (certificate != null) {
      out.append("  tls=").append(certificate.source());
    }
    if (host.clients() != null) {
      out.append("  asks for client certificates");
    }
    if (host.passthrough() != null) {
      out.append("  TLS is passed on: ").append(host.passthrough());
    }
    out.append(host.regex() ? "  regex\n" : "\n");
    host.routes().forEach(this::route);
  }

  private void route(RoutePlan route) {
    out.append("  ")
        .append(route.match().name().toLowerCase(Locale.ROOT))
        .append(' ')
        .append(route.path())
        .append(" -> ")
        .append(target(route.target()));
    RoutePlan.Origin origin = route.origin();
    if (!origin.ingress().isEmpty()) {
      out.append("   from ").append(origin.ingress());
      out.append(origin.field().isEmpty() ? "" : " ").append(origin.field());
    }
    out.append('\n');
    if (route.closed() != null) {
      out.append("    closed: ").append(route.closed()).append('\n');
    }
    if (route.defaultBackend() != null) {
      out.append("    default backend ").append(route.defaultBackend()).append('\n');
    }
    for (FeaturePlan feature : route.features()) {
      out.append("    ").append(feature.id()).append(RecordText.components(feature.settings()));
      out.append('\n');
    }
  }

  private static String target(Target target) {
    return switch (target) {
      case ToUpstream(UpstreamKey key) -> key.toString();
      case NotFound() -> "404";
    };
  }

  private void certificate(String name, CertificatePlan certificate) {
    out.append("  ")
        .append(name)
        .append(" = ")
        .append(certificate.source())
        .append(" sha256:")
        .append(certificate.material().fingerprint(), 0, FINGERPRINT_DIGITS)
        .append('\n');
    if (certificate.other() != null) {
      certificate(name + ", " + certificate.other().kind(), certificate.other());
    }
  }

  private void upstream(UpstreamPlan upstream) {
    out.append("  ").append(upstream.key()).append(" = ");
    switch (upstream.kind()) {
      case UpstreamPlan.ServiceEndpoints(String port, boolean headless) ->
          out.append(headless ? "headless " : "")
              .append("endpoints, ")
              .append(port.isEmpty() ? "unnamed port" : "port " + port);
      case UpstreamPlan.ClusterIp(String address, int port) ->
          out.append("cluster IP ").append(address).append(" port ").append(port);
      case UpstreamPlan.ExternalName(String host, int port) ->
          out.append("external name ").append(host).append(':').append(port);
      case UpstreamPlan.Missing(String reason) -> out.append("missing: ").append(reason);
    }
    out.append('\n');
    if (!upstream.guard().equals(GuardPlan.OFF)) {
      out.append("    guard").append(RecordText.components(upstream.guard())).append('\n');
    }
    if (!upstream.connections().equals(ConnectionsPlan.USUAL)) {
      out.append("    connections")
          .append(RecordText.components(upstream.connections()))
          .append('\n');
    }
  }
}
