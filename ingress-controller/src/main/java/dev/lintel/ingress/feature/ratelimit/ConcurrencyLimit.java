package dev.lintel.ingress.feature.ratelimit;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.FinishListener;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;

/// Refuses requests of a client that has as many in flight as it may.
final class ConcurrencyLimit implements RequestFilter, FinishListener {
  private final ClientCounts counts;
  private final Cidr[] exempt;
  private final CannedResponse refusal;

  ConcurrencyLimit(ClientCounts counts, Cidr[] exempt, CannedResponse refusal) {
    this.counts = counts;
    this.exempt = exempt;
    this.refusal = refusal;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    long high = exchange.client().high();
    long low = exchange.client().low();
    if (Cidr.anyContains(exempt, high, low)) {
      return Verdict.CONTINUE;
    }
    if (!counts.enter(high, low)) {
      exchange.respond(refusal);
      return Verdict.RESPONDED;
    }
    exchange.onFinish(this);
    return Verdict.CONTINUE;
  }

  @Override
  public void onFinish(Exchange exchange) {
    counts.leave(exchange.client().high(), exchange.client().low());
  }
}
