package dev.lintel.ingress.link;

import dev.lintel.ingress.plan.CertificatePlan;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.TlsPlan;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.ClientTrust;
import dev.lintel.tls.ServedCertificate;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import dev.lintel.tls.TicketSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private static final Duration OCSP_PATIENCE = Duration.ofSeconds(5);

  private final TicketSecret ownSecret = TicketSecret.random();
  private final SslContexts contexts;
  private TicketKeys ticketKeys;
  private @Nullable CertificateIndex current;
  private @Nullable CertificatePlan lastDefault;
  private @Nullable Map<String, CertificatePlan> last;
  private Map<String, ClientTrust> lastClients = Map.of();
  private TlsPlan tls = TlsPlan.USUAL;

  private final OcspStaples staples;

  /// @param refusesLocal whether an OCSP responder on this host or its link is refused
  LiveCertificates(boolean refusesLocal) {
    this.staples =
        new OcspStaples(new OcspFetch(refusesLocal, OCSP_PATIENCE), OcspStaples.Pace.USUAL);
    this.ticketKeys = ownSecret.keys(Instant.now());
    this.contexts = new SslContexts(ticketKeys);
  }

  /// The index of `plan`: the one there is where no certificate changed.
  CertificateIndex index(ProxyPlan plan) {
    CertificateIndex known = current;
    Map<String, ClientTrust> clients = clients(plan);
    if (known != null
        && clients.isEmpty()
        && lastClients.isEmpty()
        && !tls.refusesUnknown()
        && plan.global().tls().equals(tls)
        && plan.defaultCertificate().equals(lastDefault)
        && plan.certificates().equals(last)) {
      return known;
    }
    tls = plan.global().tls();
    renewTicketKeys(Instant.now());
    CertificateIndex.Builder builder =
        CertificateIndex.builder(served(plan.defaultCertificate(), clients.get("")));
    for (Map.Entry<String, CertificatePlan> entry : plan.certificates().entrySet()) {
      String host = entry.getKey();
      builder.put(host, served(entry.getValue(), clients.get(host)));
    }
    if (!clients.isEmpty() || tls.refusesUnknown()) {
      plan.hosts().forEach(host -> separate(host, plan, clients, builder));
    }
    if (tls.refusesUnknown()) {
      builder.refuseUnknown();
    }
    CertificateIndex made = builder.build();
    warm(made);
    staples.serve(tls.staples() ? made.all() : List.of());
    current = made;
    last = plan.certificates();
    lastClients = clients;
    lastDefault = plan.defaultCertificate();
    return made;
  }

  private static Map<String, ClientTrust> clients(ProxyPlan plan) {
    Map<String, ClientTrust> clients = new HashMap<>();
    for (HostPlan host : plan.hosts()) {
      if (host.clients() != null) {
        clients.put(host.host(), host.clients());
      }
    }
    return clients;
  }

  /// A host without a certificate of its own is shown that of its wildcard or the default one, and
  /// gets an entry of its own where it asks other things of clients than they do, or where unknown
  /// names are refused: it is none.
  private void separate(
      HostPlan host,
      ProxyPlan plan,
      Map<String, ClientTrust> clients,
      CertificateIndex.Builder builder) {
    String name = host.host();
    if (name.isEmpty() || plan.certificates().containsKey(name)) {
      return;
    }
    int dot = name.startsWith("*.") ? -1 : name.indexOf('.');
    String wildcard = dot < 0 ? "" : "*" + name.substring(dot);
    CertificatePlan above = plan.certificates().get(wildcard);
    ClientTrust wanted = host.clients();
    String asking = above != null || clients.containsKey(wildcard) ? wildcard : "";
    if (tls.refusesUnknown() || !Objects.equals(wanted, clients.get(asking))) {
      CertificatePlan shown = above == null ? plan.defaultCertificate() : above;
      builder.put(name, served(shown, wanted));
    }
  }

  /// Seals tickets with the keys of that moment from now on.
  void renewTicketKeys(Instant now) {
    TicketSecret shared = tls.ticketSecret();
    TicketKeys next = (shared == null ? ownSecret : shared).keys(now);
    if (!next.equals(ticketKeys)) {
      ticketKeys = next;
      contexts.renewTicketKeys(next);
    }
  }

  /// The keys that tickets are sealed with.
  TicketKeys ticketKeys() {
    return ticketKeys;
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

  private ServedCertificate served(CertificatePlan plan, @Nullable ClientTrust clients) {
    CertificatePlan other = plan.other();
    if (other == null) {
      return contexts.of(plan.material(), tls.policy(), clients);
    }
    boolean isRsa = plan.kind().equals("RSA");
    return contexts.of(
        (isRsa ? other : plan).material(),
        (isRsa ? plan : other).material(),
        tls.policy(),
        clients);
  }

  /// Frees the contexts of certificates that the index made last does not hold.
  void retire() {
    if (current != null) {
      contexts.keepOnly(current);
    }
  }

  @Override
  public void close() {
    staples.close();
    contexts.close();
  }
}
