package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.route.Route;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far one request has come among the filters of its route.
final class FilterChain {
  private static final Logger LOG = LoggerFactory.getLogger(FilterChain.class);
  private static final int FIRST_ERROR = 400;
  private static final int UNAUTHORIZED = 401;

  private final Exchange exchange;
  private int cursor;
  private @Nullable CannedResponse refusal;

  FilterChain(Exchange exchange) {
    this.exchange = exchange;
  }

  void begin() {
    cursor = 0;
    refusal = null;
  }

  /// Notes what a guard would answer. Of several answers the way to a page to sign in at counts,
  /// then a challenge (401), for whoever has a password may still come in; else the last one.
  void refuse(CannedResponse answer) {
    CannedResponse before = refusal;
    if (before == null || hope(answer) >= hope(before)) {
      refusal = answer;
    }
  }

  /// How much a client can make of a refusal.
  private static int hope(CannedResponse answer) {
    return answer.status() < FIRST_ERROR ? 2 : answer.status() == UNAUTHORIZED ? 1 : 0;
  }

  /// Sends what was noted, where something was.
  Verdict settle() {
    CannedResponse answer = refusal;
    if (answer == null) {
      return Verdict.CONTINUE;
    }
    exchange.respond(answer);
    return Verdict.RESPONDED;
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
    if (verdict == Verdict.GRANTED) {
      int gate = gate(route);
      if (gate >= 0) {
        refusal = null;
        cursor = gate;
      }
      return exchange.isFiltering();
    }
    if (verdict == Verdict.REFUSED && gate(route) >= 0) {
      return exchange.isFiltering();
    }
    if (verdict == Verdict.REFUSED && settle() == Verdict.RESPONDED) {
      return false;
    }
    if (verdict != Verdict.SUSPENDED && exchange.isFiltering()) {
      LOG.error("a filter of {} says that it responded, but did not", route.labels());
      exchange.fail(ProxyFailure.INTERNAL);
    }
    return false;
  }

  /// Where the guards end of which any one suffices; -1 where all have to let the request in.
  private int gate(Route route) {
    RequestFilter[] filters = route.requestFilters();
    for (int i = cursor; i < filters.length; i++) {
      if (filters[i] instanceof AnyGuard) {
        return i;
      }
    }
    return -1;
  }
}
