package dev.lintel.ingress.feature.clientcert;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.tls.ClientProof;

/// Tells the upstream who the client proved to be. What clients say of that themselves is never
/// passed on, on any route.
final class ClientFields implements RequestFilter {
  private static final HeaderName VERIFY = HeaderName.of("ssl-client-verify");
  private static final HeaderName SUBJECT = HeaderName.of("ssl-client-subject-dn");
  private static final HeaderName ISSUER = HeaderName.of("ssl-client-issuer-dn");
  private static final HeaderName CERTIFICATE = HeaderName.of("ssl-client-cert");

  private final boolean withCertificate;

  ClientFields(boolean withCertificate) {
    this.withCertificate = withCertificate;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    if (!exchange.isTls()) {
      return Verdict.CONTINUE;
    }
    ClientProof proof = exchange.clientProof();
    exchange.setUpstreamField(VERIFY, proof.verify());
    set(exchange, SUBJECT, proof.subject());
    set(exchange, ISSUER, proof.issuer());
    if (withCertificate) {
      set(exchange, CERTIFICATE, proof.escaped());
    }
    return Verdict.CONTINUE;
  }

  private static void set(Exchange exchange, HeaderName name, byte[] value) {
    if (value.length > 0) {
      exchange.setUpstreamField(name, value);
    }
  }
}
