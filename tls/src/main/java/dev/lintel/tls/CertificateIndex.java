package dev.lintel.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which certificate answers for which server name. Immutable; part of a configuration, so that
/// certificates and routes change together.
///
/// An exact name beats a wildcard, a wildcard stands for one label, and whoever names no host or an
/// unknown one gets the default certificate.
public final class CertificateIndex {
  private final Map<String, ServedCertificate> exact;
  private final Map<String, ServedCertificate> bySuffix;
  private final ServedCertificate fallback;
  private final boolean refusesUnknown;

  private CertificateIndex(Builder builder) {
    this.refusesUnknown = builder.refusesUnknown;
    this.exact = Map.copyOf(builder.exact);
    this.bySuffix = Map.copyOf(builder.bySuffix);
    this.fallback = builder.fallback;
  }

  /// Begins an index whose default certificate is the one given.
  public static Builder builder(ServedCertificate fallback) {
    return new Builder(fallback);
  }

  /// The certificate for a name as the client sent it (RFC 6066, 3), or null where the handshake
  /// shall be refused. Allocates nothing for a name in lower case that is listed as such.
  ///
  /// @param serverName null where it sent none
  public @Nullable ServedCertificate match(@Nullable String serverName) {
    if (serverName == null || serverName.isEmpty()) {
      return unknown();
    }
    String name = ServerNames.normalized(serverName);
    ServedCertificate found = exact.get(name);
    if (found != null) {
      return found;
    }
    int dot = name.indexOf('.');
    if (dot > 0 && !bySuffix.isEmpty()) {
      found = bySuffix.get(name.substring(dot));
      if (found != null) {
        return found;
      }
    }
    return unknown();
  }

  private @Nullable ServedCertificate unknown() {
    return refusesUnknown ? null : fallback;
  }

  /// The certificate of connections that no other one covers.
  public ServedCertificate fallback() {
    return fallback;
  }

  /// All certificates, the default one first, those for RSA alone among them; one that has several
  /// names stands here as often.
  public List<ServedCertificate> all() {
    List<ServedCertificate> all = new ArrayList<>(exact.size() + bySuffix.size() + 1);
    add(fallback, all);
    exact.values().forEach(each -> add(each, all));
    bySuffix.values().forEach(each -> add(each, all));
    return all;
  }

  private static void add(ServedCertificate certificate, List<ServedCertificate> all) {
    all.add(certificate);
    ServedCertificate rsa = certificate.rsa();
    if (rsa != null) {
      all.add(rsa);
    }
  }

  /// Collects names. For one thread.
  public static final class Builder {
    private final Map<String, ServedCertificate> exact = new HashMap<>();
    private final Map<String, ServedCertificate> bySuffix = new HashMap<>();
    private final ServedCertificate fallback;
    private boolean refusesUnknown;

    private Builder(ServedCertificate fallback) {
      this.fallback = fallback;
    }

    /// Serves `host`, exact or as `*.rest`, with that certificate; a later one replaces it.
    public Builder put(String host, ServedCertificate certificate) {
      String name = ServerNames.normalized(host);
      if (name.startsWith("*.")) {
        bySuffix.put(name.substring(1), certificate);
      } else {
        exact.put(name, certificate);
      }
      return this;
    }

    /// Refuses the handshake of clients that name no host or one that was not put here.
    public Builder refuseUnknown() {
      refusesUnknown = true;
      return this;
    }

    /// The finished index.
    public CertificateIndex build() {
      return new CertificateIndex(this);
    }
  }
}
