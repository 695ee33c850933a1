package dev.lintel.proxy.exchange;

import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;

/// The end of the guards of a route that lets in whom any one of them accepts. A guard that grants
/// leads here at once; a request that comes here without a grant gets the answer of the guards that
/// refused it, as nginx's `satisfy any` has it.
public final class AnyGuard implements RequestFilter {
  /// Stands behind the last guard of a route.
  public static final AnyGuard INSTANCE = new AnyGuard();

  private AnyGuard() {}

  @Override
  public Verdict onRequest(Exchange exchange) {
    return exchange.settleAccess();
  }
}
