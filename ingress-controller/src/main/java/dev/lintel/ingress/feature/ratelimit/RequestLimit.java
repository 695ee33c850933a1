package dev.lintel.ingress.feature.ratelimit;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;

/// Refuses requests of a client that asks more often than it may.
final class RequestLimit implements RequestFilter {
  private final ClientBuckets buckets;
  private final Cidr[] exempt;
  private final CannedResponse refusal;

  RequestLimit(ClientBuckets buckets, Cidr[] exempt, CannedResponse refusal) {
    this.buckets = buckets;
    this.exempt = exempt;
    this.refusal = refusal;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    long high = exchange.client().high();
    long low = exchange.client().low();
    if (Cidr.anyContains(exempt, high, low) || buckets.admit(high, low, exchange.loop().nanos())) {
      return Verdict.CONTINUE;
    }
    exchange.respond(refusal);
    return Verdict.RESPONDED;
  }
}
