package dev.lintel.proxy.filter;

import dev.lintel.proxy.exchange.Exchange;

/// Told exactly once when an exchange has ended, however it ended: the place to give back what a
/// filter took (a connection count, a permit). Runs on the exchange's event loop.
@FunctionalInterface
public interface FinishListener {
  /// Gives back; the exchange still has its route and status.
  void onFinish(Exchange exchange);
}
