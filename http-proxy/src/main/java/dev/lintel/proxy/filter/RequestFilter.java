package dev.lintel.proxy.filter;

import dev.lintel.proxy.exchange.Exchange;

/// Looks at a request before it is forwarded. Runs on the exchange's event loop; must not block and
/// should not allocate.
@FunctionalInterface
public interface RequestFilter {
  /// Decides about one request. An exception ends the request with 500.
  Verdict onRequest(Exchange exchange);
}
