package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.RouteContext;
import dev.lintel.ingress.feature.clientcert.ClientCertificate;
import dev.lintel.ingress.feature.clientcert.ClientCertificateSettings;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.tls.ClientTrust;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which clients a host serves: of what its Ingresses want the strictest, of equally strict ones
/// the oldest's. An Ingress whose wish cannot be honoured closes the host, or its own routes where
/// another Ingress guards the host.
final class HostClients {
  private final @Nullable ClientCertificateSettings settings;
  private final Map<IngressReading, String> faults;
  private final @Nullable String closed;

  private HostClients(
      @Nullable ClientCertificateSettings settings,
      Map<IngressReading, String> faults,
      @Nullable String closed) {
    this.settings = settings;
    this.faults = faults;
    this.closed = closed;
  }

  static HostClients of(HostDraft draft) {
    Map<IngressReading, ClientCertificateSettings> wanted = new HashMap<>();
    Map<IngressReading, String> faults = new HashMap<>();
    IngressReading winner = null;
    ClientCertificateSettings best = null;
    String closed = null;
    for (IngressReading ingress : draft.ingresses()) {
      ingress.reader().enter(new RouteContext(draft.host(), "/", false, false, false, "", false));
      Optional<ClientCertificateSettings> found = ClientCertificate.ofHost(ingress.reader());
      String fault = ingress.reader().closed();
      ingress.reader().drain(draft.problems()::add, draft.lookups()::add);
      if (fault != null) {
        faults.put(ingress, fault);
        closed = closed == null ? fault : closed;
      } else if (found.isPresent()) {
        wanted.put(ingress, found.get());
        if (best == null || found.get().clients().mode().compareTo(best.clients().mode()) < 0) {
          best = found.get();
          winner = ingress;
        }
      }
    }
    if (best != null && winner != null) {
      report(draft, wanted, best, winner);
    }
    return new HostClients(best, faults, best == null ? closed : null);
  }

  private static void report(
      HostDraft draft,
      Map<IngressReading, ClientCertificateSettings> wanted,
      ClientCertificateSettings best,
      IngressReading winner) {
    for (IngressReading ingress : draft.ingresses()) {
      ClientCertificateSettings other = wanted.get(ingress);
      if (other != null && !other.equals(best)) {
        draft
            .problems()
            .add(
                new Problem.Conflict(
                    ingress.source(),
                    ClientCertificate.SECRET.label(),
                    HostAssembly.shown(draft.host()) + " is guarded in another way already",
                    "the same auth-tls settings in all Ingresses of a host",
                    "those of " + winner.name() + " hold",
                    Severity.WARNING));
      }
    }
  }

  /// Whose certificates are taken; null where none is asked for.
  @Nullable ClientTrust clients() {
    return settings == null ? null : settings.clients();
  }

  /// What is to stand first among the features of each of the host's routes.
  List<FeaturePlan> plans() {
    return settings == null ? List.of() : List.of(new FeaturePlan(ClientCertificate.ID, settings));
  }

  /// Why the routes of an Ingress are closed; null where they are open.
  @Nullable String closed(@Nullable IngressReading ingress) {
    return closed != null || ingress == null ? closed : faults.get(ingress);
  }
}
