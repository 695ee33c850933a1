package dev.lintel.proxy.trace;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import java.util.concurrent.ThreadLocalRandom;

/// Puts each request of a route into a trace: that which it came with, or a new one. Serves all
/// loops; allocates the field that the upstream gets, and for sampled requests what remembers them.
public final class TraceFilter implements RequestFilter {
  private final Tracer tracer;
  private final Sampler sampler;
  private final boolean trusts;
  private final SpanName name;

  /// @param trusts whether the trace that a client names is gone on with
  /// @param name of the spans
  public TraceFilter(Tracer tracer, Sampler sampler, boolean trusts, SpanName name) {
    this.tracer = tracer;
    this.sampler = sampler;
    this.trusts = trusts;
    this.name = name;
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    RequestHead request = exchange.request();
    TraceParent parent = trusts ? TraceParent.of(request) : null;
    TraceParent before = parent != null && parent.hasTrace() ? parent : null;
    long high = before == null ? id() : before.high();
    long low = before == null ? id() : before.low();
    long span = id();
    boolean isSampled = sampler.samples(low, parent);
    byte[] field = TraceParent.write(high, low, span, isSampled);
    exchange.setUpstreamField(TraceParent.TRACEPARENT, field);
    exchange.traceParent(field);
    if (before == null) {
      forget(request, exchange);
    }
    if (isSampled) {
      long sender = before == null ? 0 : before.span();
      exchange.onFinish(new ServerSpan(tracer, name, high, low, span, sender));
    }
    return Verdict.CONTINUE;
  }

  /// What came about another trace must not reach the upstream beside this one.
  private static void forget(RequestHead request, Exchange exchange) {
    for (HeaderName name : TraceParent.OTHERS) {
      if (request.find(name) >= 0) {
        exchange.removeUpstreamField(name);
      }
    }
  }

  /// Ids must differ, they need not be secret.
  private static long id() {
    long id;
    do {
      id = ThreadLocalRandom.current().nextLong();
    } while (id == 0);
    return id;
  }
}
