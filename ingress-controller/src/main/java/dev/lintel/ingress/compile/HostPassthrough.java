package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.accesslist.AccessListSettings;
import dev.lintel.ingress.feature.basicauth.BasicAuthSettings;
import dev.lintel.ingress.feature.clientcert.ClientCertificateSettings;
import dev.lintel.ingress.feature.externalauth.ExternalAuthSettings;
import dev.lintel.ingress.feature.ratelimit.RateLimitSettings;
import dev.lintel.ingress.plan.PassthroughPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.plan.RoutePlan.ToUpstream;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether the TLS connections of a host are passed on unopened: as the oldest Ingress of the host
/// says, for all of them, to the Service of its path `/`. Where that cannot be done the way it was
/// asked for, the connections are closed: nobody but the Service was meant to open them.
final class HostPassthrough {
  /// Features that keep somebody out, and look at requests that nobody sees who passes them on.
  private static final Set<Class<? extends Record>> GUARDS =
      Set.of(
          AccessListSettings.class,
          BasicAuthSettings.class,
          ClientCertificateSettings.class,
          ExternalAuthSettings.class,
          RateLimitSettings.class);

  private HostPassthrough() {}

  /// What becomes of the host's TLS connections; null where they are opened here.
  ///
  /// @param routes of the host
  static @Nullable PassthroughPlan of(HostDraft draft, List<RoutePlan> routes) {
    reportYounger(draft);
    IngressReading decides = oldest(draft);
    if (decides == null || !decides.passesThrough() || draft.host().isEmpty()) {
      return null;
    }
    RoutePlan root = null;
    for (RoutePlan route : routes) {
      RoutePlan.Origin origin = route.origin();
      boolean isOwn = origin.ingress().equals(decides.name()) && !origin.field().isEmpty();
      if (route.path().equals("/") && isOwn) {
        root = route;
      }
    }
    if (root == null || !(root.target() instanceof ToUpstream(UpstreamKey upstream))) {
      return refused(draft, decides, "needs a path / of this Ingress: its Service gets them");
    }
    if (root.closed() != null) {
      return new PassthroughPlan(null, 0); // there is a problem for it already
    }
    for (FeaturePlan feature : root.features()) {
      if (GUARDS.contains(feature.settings().getClass())) {
        return refused(
            draft, decides, "leaves nobody who could carry out " + feature.id() + " of its path /");
      }
    }
    return new PassthroughPlan(
        upstream, decides.reader().get(HostRules.PASSTHROUGH_PROXY_PROTOCOL).version());
  }

  private static PassthroughPlan refused(HostDraft draft, IngressReading ingress, String found) {
    draft
        .problems()
        .add(
            new Problem.Denied(
                ingress.source(),
                HostRules.SSL_PASSTHROUGH.label(),
                found,
                "",
                "TLS connections to the host are closed",
                Severity.ERROR));
    return new PassthroughPlan(null, 0);
  }

  private static @Nullable IngressReading oldest(HostDraft draft) {
    for (IngressReading ingress : draft.ingresses()) {
      return ingress;
    }
    return null;
  }

  /// Why the routes of an Ingress are closed that asks in vain; null where they are not.
  static @Nullable String closed(HostDraft draft, IngressReading ingress) {
    IngressReading decides = oldest(draft);
    if (decides == null || !ingress.passesThrough()) {
      return null;
    }
    String found =
        draft.host().isEmpty()
            ? "needs a host: connections are told apart by their names"
            : decides.passesThrough() ? null : decides.name() + " is older and has TLS opened here";
    return found == null ? null : HostRules.SSL_PASSTHROUGH.label() + ": " + found;
  }

  private static void reportYounger(HostDraft draft) {
    for (IngressReading ingress : draft.ingresses()) {
      String closed = closed(draft, ingress);
      if (closed != null) {
        draft
            .problems()
            .add(
                new Problem.Conflict(
                    ingress.source(),
                    HostRules.SSL_PASSTHROUGH.label(),
                    closed.substring(HostRules.SSL_PASSTHROUGH.label().length() + 2),
                    "",
                    "its routes answer 503",
                    Severity.ERROR));
      }
    }
  }
}
