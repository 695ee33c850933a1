package dev.lintel.ingress.feature.clientcert;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.tls.ClientProof;
import dev.lintel.tls.ClientTrust;
import java.nio.charset.StandardCharsets;

/// Lets those requests pass whose client proved what the host wants. Connections with another
/// policy do not get here; what comes without TLS is not this filter's.
final class ClientCheck implements RequestFilter {
  /// Refuses what came without TLS and was not sent to https before.
  static final RequestFilter TLS_ONLY =
      exchange -> {
        if (exchange.isTls()) {
          return Verdict.CONTINUE;
        }
        exchange.fail(ProxyFailure.NO_CLIENT_CERTIFICATE);
        return Verdict.RESPONDED;
      };

  private static final int FOUND = 302;

  private final ClientTrust clients;
  private final byte[] errorPage;

  ClientCheck(ClientCertificateSettings settings) {
    this.clients = settings.clients();
    this.errorPage = settings.errorPage().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    if (!exchange.isTls()) {
      return Verdict.CONTINUE;
    }
    ClientProof proof = exchange.clientProof();
    if (clients.accepts(proof)) {
      return Verdict.CONTINUE;
    }
    if (errorPage.length > 0) {
      exchange.redirect(FOUND, errorPage, errorPage.length);
    } else {
      exchange.fail(
          proof.result() == ClientProof.Result.NONE
              ? ProxyFailure.NO_CLIENT_CERTIFICATE
              : ProxyFailure.BAD_CLIENT_CERTIFICATE);
    }
    return Verdict.RESPONDED;
  }
}
