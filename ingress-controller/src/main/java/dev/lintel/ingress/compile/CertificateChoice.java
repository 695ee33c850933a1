package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressView.TlsView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.Lookup;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.tls.KeyMaterial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The certificate of each host: of all its Ingresses, the oldest one that is valid and speaks for
/// the host. An expired one is shown only where there is no such, and the default certificate only
/// where there is none at all.
final class CertificateChoice {
  private static final Set<String> KINDS = Set.of("RSA", "ECDSA");

  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;
  private final CertificatePlan defaultCertificate;
  private final SortedMap<String, CertificatePlan> certificates = new TreeMap<>();

  /// What is wrong with a certificate that an older Ingress names.
  ///
  /// @param expired the certificate itself, where only its time is wrong
  private record Fault(
      IngressReading ingress,
      String field,
      String found,
      String expected,
      @Nullable CertificatePlan expired) {}

  /// @param problems told what is wrong with the default certificate
  CertificateChoice(KubernetesSnapshot snapshot, CompileOptions options, ProblemLog problems) {
    this.snapshot = snapshot;
    this.options = options;
    this.defaultCertificate = defaultCertificate(problems);
  }

  /// Takes over what was chosen before for all hosts but these.
  void takeOver(SortedMap<String, CertificatePlan> before, Set<String> but) {
    certificates.putAll(before);
    certificates.keySet().removeAll(but);
  }

  /// Shown where no name matches.
  CertificatePlan defaults() {
    return defaultCertificate;
  }

  /// The certificates by host, for every host that has a `tls` section.
  SortedMap<String, CertificatePlan> certificates() {
    return certificates;
  }

  /// Whether a host has an entry: its own, or that of the wildcard that covers it. Only once all
  /// hosts were chosen for.
  boolean has(String host) {
    return certificates.containsKey(host) || certificates.containsKey(HostNames.wildcardOf(host));
  }

  /// Chooses for one host.
  void choose(HostDraft draft) {
    String host = draft.host();
    if (host.isEmpty()
        || draft.certifying().stream().allMatch(ingress -> ingress.view().tls().isEmpty())) {
      return;
    }
    List<Fault> faults = new ArrayList<>();
    CertificatePlan valid = null;
    for (IngressReading ingress : draft.certifying()) {
      valid = valid(draft, ingress, faults);
      if (valid != null) {
        break;
      }
    }
    CertificatePlan chosen =
        valid != null ? valid : oldestExpired(faults).orElse(defaultCertificate);
    certificates.put(host, chosen);
    for (Fault fault : faults) {
      String effect =
          chosen.equals(defaultCertificate)
              ? "the default certificate is shown"
              : chosen.equals(fault.expired())
                  ? "shown all the same, there is no other"
                  : "the one of " + chosen.source() + " is shown";
      draft
          .problems()
          .add(
              new Problem.UnresolvedReference(
                  fault.ingress().source(),
                  fault.field(),
                  fault.found(),
                  fault.expected(),
                  effect,
                  Severity.WARNING));
    }
  }

  /// The valid, covering certificate that one Ingress has for a host: of an entry that names the
  /// host, or else of any.
  private @Nullable CertificatePlan valid(
      HostDraft draft, IngressReading ingress, List<Fault> faults) {
    String host = draft.host();
    List<TlsView> entries = ingress.view().tls();
    for (int i = 0; i < entries.size(); i++) {
      TlsView entry = entries.get(i);
      if (names(entry, host)) {
        if (entry.secretName().isEmpty()) {
          return defaultCertificate;
        }
        CertificatePlan plan = judged(draft, ingress, i, faults);
        if (plan != null) {
          CertificatePlan other = other(draft, ingress, i, plan, faults);
          return other == null ? plan : plan.beside(other);
        }
      }
    }
    for (TlsView entry : entries) {
      if (!entry.secretName().isEmpty() && !names(entry, host)) {
        ObjectKey key = new ObjectKey(ingress.view().key().namespace(), entry.secretName());
        SecretView secret = secret(draft, key);
        KeyMaterial material = secret == null ? null : secret.tls();
        if (material != null && material.covers(host) && isValid(material)) {
          return new CertificatePlan(key.toString(), material);
        }
      }
    }
    return null;
  }

  /// The first valid, covering certificate of the other kind that the same Ingress names for the
  /// host further down: clients that know only RSA are shown one, all others the other.
  private @Nullable CertificatePlan other(
      HostDraft draft,
      IngressReading ingress,
      int index,
      CertificatePlan first,
      List<Fault> faults) {
    List<TlsView> entries = ingress.view().tls();
    for (int i = index + 1; i < entries.size(); i++) {
      TlsView entry = entries.get(i);
      if (names(entry, draft.host()) && !entry.secretName().isEmpty()) {
        CertificatePlan plan = judged(draft, ingress, i, faults);
        if (plan != null && KINDS.contains(plan.kind()) && !plan.kind().equals(first.kind())) {
          return KINDS.contains(first.kind()) ? plan : null;
        }
      }
    }
    return null;
  }

  private @Nullable CertificatePlan judged(
      HostDraft draft, IngressReading ingress, int index, List<Fault> faults) {
    String host = draft.host();
    String field = "tls[" + index + "]";
    ObjectKey key =
        new ObjectKey(
            ingress.view().key().namespace(), ingress.view().tls().get(index).secretName());
    SecretView secret = secret(draft, key);
    KeyMaterial material = secret == null ? null : secret.tls();
    if (secret != null && secret.tlsFault() != null && material != null) {
      draft
          .problems()
          .add(
              new Problem.InvalidValue(
                  new Source("Secret", key.toString()),
                  "tls.crt",
                  secret.tlsFault(),
                  "",
                  "the last good certificate of this Secret stays",
                  Severity.WARNING));
    }
    if (material == null) {
      String fault = secret == null ? "does not exist" : "cannot be used: " + faultOf(secret);
      faults.add(new Fault(ingress, field, "Secret " + key + " " + fault, "", null));
      return null;
    }
    CertificatePlan plan = new CertificatePlan(key.toString(), material);
    if (!material.covers(host)) {
      String expected =
          material.sans().isEmpty()
              ? "one with subject alternative names"
              : "one of " + String.join(", ", material.sans());
      faults.add(
          new Fault(
              ingress, field, "the certificate of " + key + " is not for " + host, expected, null));
      return null;
    }
    if (!isValid(material)) {
      boolean isOver = options.now().isAfter(material.notAfter());
      String moment =
          isOver ? "expired at " + material.notAfter() : "begins at " + material.notBefore();
      faults.add(new Fault(ingress, field, "the certificate of " + key + " " + moment, "", plan));
      return null;
    }
    return plan;
  }

  private @Nullable SecretView secret(HostDraft draft, ObjectKey key) {
    SecretView secret = snapshot.secrets().get(key);
    draft.lookups().add(new Lookup(ObjectKind.SECRET, secret == null ? key : secret.key()));
    return secret;
  }

  private static Optional<CertificatePlan> oldestExpired(List<Fault> faults) {
    for (Fault fault : faults) {
      if (fault.expired() != null) {
        return Optional.of(fault.expired());
      }
    }
    return Optional.empty();
  }

  private static String faultOf(SecretView secret) {
    return secret.tlsFault() == null ? "it has no tls.crt and tls.key" : secret.tlsFault();
  }

  private static boolean names(TlsView entry, String host) {
    for (String name : entry.hosts()) {
      if (HostNames.normalized(name).equals(host)) {
        return true;
      }
    }
    return false;
  }

  private boolean isValid(KeyMaterial material) {
    return !options.now().isBefore(material.notBefore())
        && !options.now().isAfter(material.notAfter());
  }

  private CertificatePlan defaultCertificate(ProblemLog problems) {
    ObjectKey key = options.defaultSslCertificate();
    if (key != null) {
      SecretView secret = snapshot.secrets().get(key);
      if (secret != null && secret.tls() != null) {
        return new CertificatePlan(key.toString(), secret.tls());
      }
      problems.add(
          new Problem.UnresolvedReference(
              new Source("flag", "--default-ssl-certificate"),
              key.toString(),
              secret == null
                  ? "the Secret does not exist"
                  : "the Secret cannot be used: " + faultOf(secret),
              "",
              "a self-made certificate is shown",
              Severity.WARNING));
    }
    return new CertificatePlan("self-made", options.selfMade());
  }
}
