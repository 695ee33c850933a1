package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.guard.RetryBudget;

/// Whether a request that failed is sent again.
///
/// A connection that did not come about took no byte: any request is tried elsewhere, and nothing
/// is charged to the budget. Where it cost no time, or the upstream says that it did not look at
/// the request, it is not counted among the tries either, a few times: one endpoint of many that
/// lives is found. Once bytes were sent, only a request that does no harm when it arrives twice is
/// sent again, only before the first byte of a response, and only as far as the budget goes. All
/// tries together end within the route's timeouts.
final class Retries {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Attempts attempts;
  private RouteSettings settings = RouteSettings.DEFAULT;
  private long start;

  Retries(Attempts attempts) {
    this.attempts = attempts;
  }

  /// The first try begins.
  void begin(RouteSettings of, long now) {
    settings = of;
    start = now;
  }

  /// How long the next try may take to connect.
  int connectMillis(long now) {
    return attempts.count() == 0
        ? settings.connectTimeoutMillis()
        : atMost(settings.connectTimeoutMillis(), now);
  }

  /// How long the upstream of this try may be silent.
  int readMillis(long now) {
    return attempts.count() <= 1
        ? settings.readTimeoutMillis()
        : atMost(settings.readTimeoutMillis(), now);
  }

  private int atMost(int usual, long now) {
    int left = left(now);
    attempts.hurry(left < usual);
    return Math.min(usual, left);
  }

  private int left(long now) {
    long all = (long) settings.connectTimeoutMillis() + settings.readTimeoutMillis();
    long left = all - (now - start) / NANOS_PER_MILLI;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, left));
  }

  private static boolean isExcused(ProxyFailure failure) {
    return failure == ProxyFailure.CONNECT_FAILED || failure == ProxyFailure.UPSTREAM_REFUSED;
  }

  boolean allow(ProxyFailure failure, UpstreamCall lost, RetryBudget budget, long now) {
    int most = settings.tries() <= 0 ? Attempts.MOST : Math.min(settings.tries(), Attempts.MOST);
    if (most > 1 && isExcused(failure)) {
      attempts.excuse();
    }
    int limit = settings.retryTimeoutMillis();
    if (attempts.charged() >= most
        || left(now) <= 1
        || limit > 0 && now - start >= limit * NANOS_PER_MILLI) {
      return false;
    }
    if (failure.retry() == ProxyFailure.Retry.ALWAYS) {
      if (failure == ProxyFailure.UPSTREAM_REFUSED) {
        attempts.allowRepeat();
      }
      return true;
    }
    if (failure.retry() == ProxyFailure.Retry.NEVER
        || lost.hasResponseBytes()
        || attempts.isOnce() && !settings.retryNonIdempotent()) {
      return false;
    }
    if (failure == ProxyFailure.UPSTREAM_CLOSED && lost.isReused()) {
      // Closed while it was idle, as a rule: that is no sign of an upstream with too much to do,
      // and the next try has one that is new.
      attempts.avoidOld();
      return true;
    }
    return budget.tryTake(now);
  }
}
