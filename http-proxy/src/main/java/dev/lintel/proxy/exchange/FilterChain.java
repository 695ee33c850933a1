package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.route.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far one request has come among the filters of its route.
final class FilterChain {
  private static final Logger LOG = LoggerFactory.getLogger(FilterChain.class);

  private final Exchange exchange;
  private int cursor;

  FilterChain(Exchange exchange) {
    this.exchange = exchange;
  }

  void begin() {
    cursor = 0;
  }

  /// Runs the filters that are left; false where one of them answered or suspended the request.
  boolean run(Route route) {
    RequestFilter[] filters = route.requestFilters();
    while (cursor < filters.length) {
      // The cursor moves first: a filter may go on at once.
      if (!passes(filters[cursor++], route)) {
        return false;
      }
    }
    return true;
  }

  /// Runs one filter.
  boolean passes(RequestFilter filter, Route route) {
    Verdict verdict;
    try {
      verdict = filter.onRequest(exchange);
    } catch (RuntimeException e) {
      LOG.error("a filter of {} failed", route.labels(), e);
      exchange.fail(ProxyFailure.INTERNAL);
      return false;
    }
    if (verdict == Verdict.CONTINUE) {
      return exchange.isFiltering();
    }
    if (verdict == Verdict.RESPONDED && exchange.isFiltering()) {
      LOG.error("a filter of {} says that it responded, but did not", route.labels());
      exchange.fail(ProxyFailure.INTERNAL);
    }
    return false;
  }
}
