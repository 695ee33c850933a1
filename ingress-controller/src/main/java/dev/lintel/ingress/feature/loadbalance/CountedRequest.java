package dev.lintel.ingress.feature.loadbalance;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.FinishListener;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.upstream.balance.Balancer;

/// Has requests counted at their endpoints, for a balancer that goes by that.
final class CountedRequest implements RequestFilter, FinishListener {
  private final Balancer by;

  CountedRequest(Balancer by) {
    this.by = by;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    exchange.choose(by);
    exchange.onFinish(this);
    return Verdict.CONTINUE;
  }

  @Override
  public void onFinish(Exchange exchange) {
    exchange.settle();
  }
}
