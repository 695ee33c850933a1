package dev.lintel.proxy.trace;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.FinishListener;

/// The span of one sampled request, written when that has ended.
///
/// @param high the first eight bytes of the trace's id
/// @param low the last eight
/// @param id of the span
/// @param parent the sender's span; 0 for none
record ServerSpan(Tracer tracer, SpanName name, long high, long low, long id, long parent)
    implements FinishListener {
  @Override
  public void onFinish(Exchange ended) {
    tracer.batch(ended.loop(), ended.counts()).add(this, ended);
  }
}
