package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.ServedCertificate;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import dev.lintel.tls.TlsPolicy;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates in use, each with one SSL context however many names it has, and the index of
/// the plan that was linked last.
///
/// A context takes about a millisecond to build, and native memory. A few new ones are built before
/// they serve, so that a rotated certificate costs no handshake. Many at once (a start) are left to
/// the first handshake of each: most hosts of a big cluster are asked for seldom, and at the start
/// the processors have better things to do.
final class LiveCertificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveCertificates.class);
  private static final int BUILT_BEFOREHAND = 8;

  private final SslContexts contexts;
  private @Nullable CertificateIndex current;
  private @Nullable CertificatePlan lastDefault;
  private @Nullable Map<String, CertificatePlan> last;

  LiveCertificates() {
    this.contexts = new SslContexts(TicketKeys.random());
  }

  /// The index of `plan`: the one there is where no certificate changed.
  CertificateIndex index(ProxyPlan plan) {
    CertificateIndex known = current;
    if (known != null
        && plan.defaultCertificate().equals(lastDefault)
        && plan.certificates().equals(last)) {
      return known;
    }
    CertificateIndex.Builder builder =
        CertificateIndex.builder(served(plan.defaultCertificate().material()));
    for (Map.Entry<String, CertificatePlan> entry : plan.certificates().entrySet()) {
      builder.put(entry.getKey(), served(entry.getValue().material()));
    }
    CertificateIndex made = builder.build();
    warm(made);
    current = made;
    last = plan.certificates();
    lastDefault = plan.defaultCertificate();
    return made;
  }

  private void warm(CertificateIndex made) {
    Set<ServedCertificate> fresh = new LinkedHashSet<>(made.all());
    if (current != null) {
      current.all().forEach(fresh::remove);
    }
    if (fresh.size() <= BUILT_BEFOREHAND) {
      fresh.forEach(LiveCertificates::warm);
    } else {
      warm(made.fallback());
    }
  }

  private static void warm(ServedCertificate certificate) {
    try {
      certificate.warm();
    } catch (SSLException e) {
      LOG.warn("the TLS library refuses {}: {}", certificate, e.getMessage());
    }
  }

  private ServedCertificate served(KeyMaterial material) {
    return contexts.of(material, TlsPolicy.INTERMEDIATE);
  }

  /// Frees the contexts of certificates that the index made last does not hold.
  void retire() {
    if (current != null) {
      contexts.keepOnly(current);
    }
  }

  @Override
  public void close() {
    contexts.close();
  }
}
