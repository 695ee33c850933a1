package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.RouteContext;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Switch;
import dev.lintel.ingress.feature.UpstreamTlsRules;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.SecretView.Bytes;
import dev.lintel.tls.InvalidKeyMaterial;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.ServerTrust;
import dev.lintel.tls.TlsNames;
import dev.lintel.tls.UpstreamTlsPolicy;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How connections to the upstreams of one host are secured. Each Ingress speaks for itself; one
/// that names no Secret takes over what the oldest of the host says that does and is of the same
/// namespace: nobody may use the certificate of another namespace.
final class HostUpstreamTls {
  private static final String BUNDLE = "ca.crt";
  private static final String LISTS = "ca.crl";

  /// What ingress-nginx calls whatever it sends to.
  private static final String USUAL_NAME = "upstream_balancer";

  private static final List<String> WITH_SECRET = List.of("TLSv1.2");

  /// Details that say nothing where they are taken over.
  private static final List<Setting<?>> DETAILS =
      List.of(
          UpstreamTlsRules.NAME,
          UpstreamTlsRules.SERVER_NAME,
          UpstreamTlsRules.PROTOCOLS,
          UpstreamTlsRules.CIPHERS);

  private static final Said NOTHING = new Said(UpstreamTlsPolicy.UNVERIFIED, null);

  /// What holds for the routes of an Ingress.
  ///
  /// @param closed why they are closed, or null
  private record Said(UpstreamTlsPolicy policy, @Nullable String closed) {}

  private final Map<IngressReading, Said> said = new LinkedHashMap<>();
  private List<IngressReading> withSecret = List.of();

  private HostUpstreamTls() {}

  static HostUpstreamTls of(HostDraft draft) {
    HostUpstreamTls all = new HostUpstreamTls();
    for (IngressReading ingress : draft.ingresses()) {
      all.read(draft, ingress, all::named);
    }
    all.withSecret = List.copyOf(all.said.keySet());
    for (IngressReading ingress : draft.ingresses()) {
      all.read(draft, ingress, all::unnamed);
    }
    return all;
  }

  /// What holds for connections on behalf of an Ingress.
  UpstreamTlsPolicy policy(IngressReading ingress) {
    return said.getOrDefault(ingress, NOTHING).policy();
  }

  /// Why the routes of an Ingress are closed, or null.
  @Nullable String closed(IngressReading ingress) {
    return said.getOrDefault(ingress, NOTHING).closed();
  }

  /// How one Ingress is read.
  private interface Part {
    @Nullable Said read(IngressReading ingress, AnnotationReader in);
  }

  private void read(HostDraft draft, IngressReading ingress, Part part) {
    AnnotationReader in = ingress.reader();
    in.enter(RouteContext.ofHost(draft.host()));
    Said found = part.read(ingress, in);
    if (found != null) {
      said.put(ingress, found);
    }
    in.drain(draft.problems()::add, draft.lookups()::add);
  }

  // ------------------------------------------------------------------ with a Secret

  private @Nullable Said named(IngressReading ingress, AnnotationReader in) {
    if (in.find(UpstreamTlsRules.SECRET).isEmpty()) {
      return null;
    }
    if (ingress.security() == IngressReading.Security.NONE) {
      in.problem(
          UpstreamTlsRules.SECRET,
          "is for TLS, which its upstreams are not spoken to with",
          "backend-protocol: HTTPS or GRPCS",
          "no effect");
    }
    Optional<SecretView> secret = in.secret(UpstreamTlsRules.SECRET);
    if (secret.isEmpty()) {
      return new Said(UpstreamTlsPolicy.UNVERIFIED, in.closed());
    }
    boolean verifies = in.get(UpstreamTlsRules.VERIFY) == Switch.ON;
    KeyMaterial own = own(in, secret.get(), verifies);
    ServerTrust trust = verifies ? trust(in, secret.get()) : null;
    return new Said(policy(in, WITH_SECRET, own, trust), in.closed());
  }

  private static @Nullable KeyMaterial own(
      AnnotationReader in, SecretView secret, boolean verifies) {
    KeyMaterial own = secret.tls();
    String fault = secret.tlsFault();
    if (own == null && fault != null) {
      in.deny(UpstreamTlsRules.SECRET, "Secret " + secret.key() + ": " + fault, "");
    } else if (fault != null) {
      in.problem(
          UpstreamTlsRules.SECRET,
          "Secret " + secret.key() + ": " + fault,
          "",
          "the last good certificate is shown on");
    } else if (own == null && !verifies && !secret.data().containsKey(BUNDLE)) {
      in.deny(
          UpstreamTlsRules.SECRET,
          "Secret " + secret.key() + " has neither a certificate nor authorities",
          "tls.crt and tls.key, or ca.crt");
    }
    return own;
  }

  private static @Nullable ServerTrust trust(AnnotationReader in, SecretView secret) {
    Bytes bundle = secret.data().get(BUNDLE);
    if (bundle == null) {
      in.deny(
          UpstreamTlsRules.VERIFY,
          "Secret " + secret.key() + " has no key \"" + BUNDLE + "\"",
          "certificates of authorities under it");
      return null;
    }
    Bytes lists = secret.data().get(LISTS);
    String name = in.find(UpstreamTlsRules.NAME).orElse("");
    if (name.isEmpty()) {
      in.problem(
          UpstreamTlsRules.VERIFY,
          "does not say which name to verify",
          "proxy-ssl-name",
          "only certificates for " + USUAL_NAME + " are taken");
    }
    try {
      return ServerTrust.parse(
          bundle.value(),
          lists == null ? null : lists.value(),
          Math.max(1, in.get(UpstreamTlsRules.DEPTH)),
          name.isEmpty() ? USUAL_NAME : name);
    } catch (InvalidKeyMaterial e) {
      in.deny(UpstreamTlsRules.SECRET, "Secret " + secret.key() + ": " + e.getMessage(), "");
      return null;
    }
  }

  // ------------------------------------------------------------------ without one

  private @Nullable Said unnamed(IngressReading ingress, AnnotationReader in) {
    boolean verifies = in.get(UpstreamTlsRules.VERIFY) == Switch.ON;
    boolean secures = ingress.security() != IngressReading.Security.NONE;
    if (said.containsKey(ingress) || !secures && !verifies) {
      return null;
    }
    if (!secures) {
      in.problem(
          UpstreamTlsRules.VERIFY,
          "is for TLS, which its upstreams are not spoken to with",
          "backend-protocol: HTTPS or GRPCS",
          "no effect");
      return null;
    }
    IngressReading other = in.get(UpstreamTlsRules.LOCATION_ONLY) ? null : oldest(ingress);
    if (other != null) {
      return takeOver(in, other, verifies);
    }
    if (verifies) {
      in.deny(UpstreamTlsRules.VERIFY, "has no authorities to verify with", "a proxy-ssl-secret");
    }
    UpstreamTlsPolicy policy = policy(in, UpstreamTlsPolicy.UNVERIFIED.protocols(), null, null);
    return new Said(policy, in.closed());
  }

  private @Nullable IngressReading oldest(IngressReading ingress) {
    String namespace = ingress.view().key().namespace();
    for (IngressReading each : withSecret) {
      if (each.view().key().namespace().equals(namespace)) {
        return each;
      }
    }
    return null;
  }

  private Said takeOver(AnnotationReader in, IngressReading other, boolean verifies) {
    Said taken = said.getOrDefault(other, NOTHING);
    for (Setting<?> detail : DETAILS) {
      if (in.isSet(detail)) {
        in.problem(
            detail,
            "is said without a proxy-ssl-secret",
            "",
            "ignored, for what " + other.name() + " says holds for the host");
      }
    }
    if (verifies && taken.policy().trust() == null && taken.closed() == null) {
      in.deny(
          UpstreamTlsRules.VERIFY,
          "has no authorities to verify with: " + other.name() + " speaks for the host, unverified",
          "a proxy-ssl-secret");
    }
    return new Said(taken.policy(), taken.closed() == null ? in.closed() : taken.closed());
  }

  // ------------------------------------------------------------------ either way

  private static UpstreamTlsPolicy policy(
      AnnotationReader in,
      List<String> usual,
      @Nullable KeyMaterial own,
      @Nullable ServerTrust trust) {
    Optional<TlsNames> protocols = in.find(UpstreamTlsRules.PROTOCOLS);
    protocols.ifPresent(names -> skipped(in, UpstreamTlsRules.PROTOCOLS, names));
    TlsNames ciphers = in.get(UpstreamTlsRules.CIPHERS);
    skipped(in, UpstreamTlsRules.CIPHERS, ciphers);
    return new UpstreamTlsPolicy(
        protocols.map(TlsNames::known).orElse(usual), ciphers.known(), own, trust, serverName(in));
  }

  private static void skipped(AnnotationReader in, Setting<?> setting, TlsNames names) {
    for (String name : names.unknown()) {
      in.problem(setting, "no such name as " + name, "", "skipped");
    }
  }

  private static String serverName(AnnotationReader in) {
    if (in.get(UpstreamTlsRules.SERVER_NAME) == Switch.OFF) {
      return "";
    }
    String name = HostNames.normalized(in.find(UpstreamTlsRules.NAME).orElse(""));
    if (HostNames.isValid(name) && !isAddress(name)) {
      return name;
    }
    in.problem(
        UpstreamTlsRules.SERVER_NAME,
        "has no name to send",
        "a DNS name for proxy-ssl-name",
        "none is sent");
    return "";
  }

  private static boolean isAddress(String text) {
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
