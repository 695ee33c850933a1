package dev.lintel.proxy.exchange;

import dev.lintel.proxy.upstream.EndpointWaiter;
import dev.lintel.proxy.upstream.UpstreamPool;
import org.jspecify.annotations.Nullable;

/// The wait of one request for the first endpoints of its upstream: no more than one, however it
/// ends. Used again for the next request.
final class EndpointWait implements EndpointWaiter {
  private final Runnable next;
  private @Nullable UpstreamPool pool;
  private boolean over;

  /// @param next goes on with the request
  EndpointWait(Runnable next) {
    this.next = next;
  }

  /// Another request begins.
  void clear() {
    over = false;
  }

  /// @return whether it waits now
  boolean begin(UpstreamPool of, int millis) {
    if (over || !of.await(this, millis)) {
      return false;
    }
    pool = of;
    return true;
  }

  /// The request does not wait any more.
  void end() {
    UpstreamPool waited = pool;
    if (waited != null) {
      pool = null;
      waited.leave(this);
    }
  }

  @Override
  public void onEndpoints() {
    if (pool != null) {
      pool = null;
      over = true;
      next.run();
    }
  }
}
