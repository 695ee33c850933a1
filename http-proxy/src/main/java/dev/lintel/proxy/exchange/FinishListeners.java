package dev.lintel.proxy.exchange;

import dev.lintel.proxy.filter.FinishListener;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who wants to be told when the present exchange ends. Mostly nobody or one, so the first has a
/// place of its own.
final class FinishListeners {
  private static final Logger LOG = LoggerFactory.getLogger(FinishListeners.class);

  private @Nullable FinishListener first;
  private FinishListener[] more = {};
  private int moreCount;

  void add(FinishListener listener) {
    if (first == null) {
      first = listener;
      return;
    }
    if (moreCount == more.length) {
      more = Arrays.copyOf(more, moreCount + 2);
    }
    more[moreCount++] = listener;
  }

  /// Tells each of them, and forgets them.
  void tell(Exchange exchange) {
    FinishListener one = first;
    if (one == null) {
      return;
    }
    first = null;
    tell(one, exchange);
    for (int i = 0; i < moreCount; i++) {
      tell(more[i], exchange);
    }
    moreCount = 0;
  }

  private static void tell(FinishListener listener, Exchange exchange) {
    try {
      listener.onFinish(exchange);
    } catch (RuntimeException e) {
      LOG.error("a finish listener of {} failed", exchange.route().labels(), e);
    }
  }
}
