package dev.lintel.ingress.feature.externalauth;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.exchange.SideListener;
import dev.lintel.proxy.exchange.SideRequest;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.FinishListener;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The question about one request: holds the exchange, and goes on with it when the answer is
/// there. An exchange that ended meanwhile takes no notice of it.
final class AuthCheck implements SideListener, RequestFilter, FinishListener {
  private static final Logger LOG = LoggerFactory.getLogger(AuthCheck.class);

  private final AuthFilter filter;
  private final Exchange exchange;
  private final byte @Nullable [] kept;
  private int since;
  private @Nullable SideRequest request;
  private @Nullable AuthAnswer answer;

  /// @param kept what its answer is kept under; null for nothing
  AuthCheck(AuthFilter filter, Exchange exchange, byte @Nullable [] kept) {
    this.filter = filter;
    this.exchange = exchange;
    this.kept = kept;
  }

  /// Asks.
  Verdict begin(Question question, ByteBuf asked) {
    since = exchange.suspend();
    exchange.onFinish(this);
    request = question.send(exchange, asked, this);
    return Verdict.SUSPENDED;
  }

  @Override
  public void onSideHead(ResponseHead head) {
    answer = filter.answer(head, kept, exchange.loop().nanos());
    exchange.resume(since, this);
  }

  @Override
  public void onSideFailure(ProxyFailure why) {
    LOG.debug("no answer about a request of {}: {}", exchange.route().labels(), why);
    exchange.resume(since, this);
  }

  /// The exchange goes on.
  @Override
  public Verdict onRequest(Exchange resumed) {
    AuthAnswer got = answer;
    return got == null ? AuthFilter.unavailable(resumed) : filter.decide(resumed, got);
  }

  @Override
  public void onFinish(Exchange ended) {
    SideRequest sent = request;
    if (sent != null) {
      sent.abandon();
    }
  }
}
