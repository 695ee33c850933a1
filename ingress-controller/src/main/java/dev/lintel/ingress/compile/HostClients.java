package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.RouteContext;
import dev.lintel.ingress.feature.clientcert.ClientCertificate;
import dev.lintel.ingress.feature.clientcert.ClientCertificateSettings;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.tls.ClientTrust;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which clients a host serves: of what its Ingresses want the strictest, of equally strict ones
/// the oldest's. An Ingress whose wish cannot be honoured closes the host, or its own routes where
/// another Ingress guards the host. The name that an Ingress wants of its clients is checked on its
/// own routes, and that of the winner on those of Ingresses that want none.
final class HostClients {
  private final @Nullable ClientCertificateSettings settings;
  private final Map<IngressReading, String> names;
  private final Map<IngressReading, String> faults;
  private final @Nullable String closed;

  private HostClients(
      @Nullable ClientCertificateSettings settings,
      Map<IngressReading, String> names,
      Map<IngressReading, String> faults,
      @Nullable String closed) {
    this.settings = settings;
    this.names = names;
    this.faults = faults;
    this.closed = closed;
  }

  static HostClients of(HostDraft draft) {
    Map<IngressReading, ClientCertificateSettings> wanted = new HashMap<>();
    Map<IngressReading, String> names = new LinkedHashMap<>();
    Map<IngressReading, String> faults = new HashMap<>();
    IngressReading winner = null;
    ClientCertificateSettings best = null;
    String closed = null;
    for (IngressReading ingress : draft.ingresses()) {
      enter(ingress, draft);
      String name = ClientCertificate.name(ingress.reader());
      if (!name.isEmpty()) {
        names.put(ingress, name);
      }
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
    } else {
      names.keySet().forEach(ingress -> deny(draft, ingress, faults));
    }
    return new HostClients(best, names, faults, best == null ? closed : null);
  }

  private static void enter(IngressReading ingress, HostDraft draft) {
    ingress.reader().enter(RouteContext.ofHost(draft.host()));
  }

  /// Where nobody shows a certificate, nobody can have the name that an Ingress wants.
  private static void deny(
      HostDraft draft, IngressReading ingress, Map<IngressReading, String> faults) {
    enter(ingress, draft);
    ClientCertificate.denyName(ingress.reader());
    String fault = ingress.reader().closed();
    if (fault != null) {
      faults.putIfAbsent(ingress, fault);
    }
    ingress.reader().drain(draft.problems()::add, draft.lookups()::add);
  }

  private static void report(
      HostDraft draft,
      Map<IngressReading, ClientCertificateSettings> wanted,
      ClientCertificateSettings best,
      IngressReading winner) {
    for (IngressReading ingress : draft.ingresses()) {
      ClientCertificateSettings other = wanted.get(ingress);
      if (other != null && !other.withName("").equals(best.withName(""))) {
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

  /// What is to stand first among the features of a route of this Ingress: who is served on the
  /// host, of the name that the Ingress itself wants, if it wants one.
  List<FeaturePlan> plans(@Nullable IngressReading ingress) {
    if (settings == null) {
      return List.of();
    }
    String name = ingress == null ? settings.name() : names.getOrDefault(ingress, settings.name());
    ClientCertificateSettings own =
        name.equals(settings.name()) ? settings : settings.withName(name);
    return List.of(new FeaturePlan(ClientCertificate.ID, own));
  }

  /// Why the routes of an Ingress are closed; null where they are open.
  @Nullable String closed(@Nullable IngressReading ingress) {
    return closed != null || ingress == null ? closed : faults.get(ingress);
  }
}
