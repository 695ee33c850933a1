package dev.lintel.ingress.feature.clientcert;

import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.route.TextRegex;
import dev.lintel.tls.ClientProof;
import dev.lintel.tls.ClientTrust;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Lets those requests pass whose client proved what the host wants, and has the name for it.
/// Connections with another policy do not get here; what comes without TLS is not this filter's.
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
  private static final CannedResponse FORBIDDEN = CannedResponse.page(403);

  private final ClientTrust clients;
  private final byte[] errorPage;
  private final @Nullable TextRegex name;

  ClientCheck(ClientCertificateSettings settings) {
    this.clients = settings.clients();
    this.name =
        TextRegex.compile(settings.name(), false) instanceof TextRegex.Compiled(TextRegex regex)
                && !settings.name().isEmpty()
            ? regex
            : null;
    this.errorPage = settings.errorPage().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    if (!exchange.isTls()) {
      return Verdict.CONTINUE;
    }
    ClientProof proof = exchange.clientProof();
    if (clients.accepts(proof)) {
      return judge(exchange, proof.subject());
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

  /// The subject of a client without a certificate holds no name.
  private Verdict judge(Exchange exchange, byte[] subject) {
    if (name == null || name.isFoundIn(subject, 0, subject.length)) {
      return Verdict.CONTINUE;
    }
    exchange.respond(FORBIDDEN);
    return Verdict.RESPONDED;
  }
}
