package dev.lintel.ingress.feature.accesslist;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;

/// Compares the client's address with both lists. Without a list of those allowed it has nothing to
/// say about whom it does not deny.
final class AddressFilter implements RequestFilter {
  private static final CannedResponse FORBIDDEN = CannedResponse.page(403);

  private final Cidr[] allow;
  private final Cidr[] deny;

  AddressFilter(AccessListSettings settings) {
    allow = settings.allow().toArray(Cidr[]::new);
    deny = settings.deny().toArray(Cidr[]::new);
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    Verdict verdict = judge(exchange.client().high(), exchange.client().low());
    return verdict == Verdict.REFUSED ? exchange.refuse(FORBIDDEN) : verdict;
  }

  /// What becomes of a client with this address of 128 bits.
  Verdict judge(long high, long low) {
    if (Cidr.anyContains(deny, high, low)) {
      return Verdict.REFUSED;
    }
    if (allow.length == 0) {
      return Verdict.CONTINUE;
    }
    return Cidr.anyContains(allow, high, low) ? Verdict.GRANTED : Verdict.REFUSED;
  }
}
