package dev.lintel.proxy.upstream.guard;

import dev.lintel.proxy.failure.ProxyFailure;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What stands between requests and an upstream: a circuit breaker, a bulkhead, both, or nothing.
///
/// Shared by all event loops and never blocking. Every request that [#enter] let in ends with
/// exactly one of [#onSuccess], [#onFailure] and [#exit]. Other settings are another guard: limits
/// are never changed in place.
public final class Guard {
  /// Lets everything through and counts nothing.
  public static final Guard NONE = new Guard(null, null, 0);

  private static final RuntimeException FAILED = new Failed();
  private static final long NOT_REFUSING = Long.MIN_VALUE;
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable CircuitBreaker breaker;
  private final @Nullable Bulkhead bulkhead;
  private final long longestOpenNanos;
  private final AtomicLong refusingSince = new AtomicLong(NOT_REFUSING);

  private Guard(
      @Nullable CircuitBreaker breaker, @Nullable Bulkhead bulkhead, long longestOpenNanos) {
    this.breaker = breaker;
    this.bulkhead = bulkhead;
    this.longestOpenNanos = longestOpenNanos;
  }

  /// A guard with a fresh window, or [#NONE] where the settings ask for nothing.
  ///
  /// @param name the upstream's, for messages
  public static Guard of(String name, GuardSettings settings) {
    CircuitBreaker breaker = settings.failurePercent() == 0 ? null : breaker(name, settings);
    Bulkhead bulkhead = settings.maxConcurrent() == 0 ? null : bulkhead(name, settings);
    if (breaker == null && bulkhead == null) {
      return NONE;
    }
    long longest = TimeUnit.MILLISECONDS.toNanos(2L * settings.openMillis()) + GRACE_NANOS;
    return new Guard(breaker, bulkhead, longest);
  }

  /// Asks to send one request.
  ///
  /// @return null where it may be sent, else [ProxyFailure#BREAKER_OPEN] or
  ///   [ProxyFailure#BULKHEAD_FULL], and there is nothing to give back
  public @Nullable ProxyFailure enter() {
    if (breaker != null && !passes(breaker)) {
      return ProxyFailure.BREAKER_OPEN;
    }
    if (bulkhead != null && !bulkhead.tryAcquirePermission()) {
      if (breaker != null) {
        breaker.releasePermission();
      }
      return ProxyFailure.BULKHEAD_FULL;
    }
    return null;
  }

  /// An open breaker would build an event with a wall clock for every refusal, so it is asked for
  /// its state first. Its timer starts before it is open; where that thread is held up for so long
  /// that the timer comes first, nobody else would ever half-open it.
  private boolean passes(CircuitBreaker asked) {
    if (asked.getState() != State.OPEN) {
      if (refusingSince.get() != NOT_REFUSING) {
        refusingSince.set(NOT_REFUSING);
      }
      return asked.tryAcquirePermission();
    }
    long now = System.nanoTime();
    long since = refusingSince.get();
    if (since == NOT_REFUSING) {
      refusingSince.compareAndSet(NOT_REFUSING, now);
    } else if (now - since > longestOpenNanos && refusingSince.compareAndSet(since, NOT_REFUSING)) {
      asked.transitionToHalfOpenState();
    }
    return false;
  }

  /// The request was answered, with whatever status that is the application's affair.
  ///
  /// @param nanos how long it took
  public void onSuccess(long nanos) {
    if (breaker != null) {
      breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
    if (bulkhead != null) {
      bulkhead.releasePermission();
    }
  }

  /// The upstream failed the request: no connection, a broken response, a timeout, or a status that
  /// counts as failure.
  ///
  /// @param nanos how long it took
  public void onFailure(long nanos) {
    if (breaker != null) {
      breaker.onError(nanos, TimeUnit.NANOSECONDS, FAILED);
    }
    if (bulkhead != null) {
      bulkhead.releasePermission();
    }
  }

  /// The request ended without saying anything about the upstream, for instance because the client
  /// left.
  public void exit() {
    if (breaker != null) {
      breaker.releasePermission();
    }
    if (bulkhead != null) {
      bulkhead.releasePermission();
    }
  }

  /// `closed`, `open` or `half-open`; `off` where there is no breaker.
  public String breakerState() {
    if (breaker == null) {
      return "off";
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> "open";
      case HALF_OPEN -> "half-open";
      case CLOSED, METRICS_ONLY, DISABLED -> "closed";
    };
  }

  /// Half-opens by a timer, not by the first request after the time: requests ask for the state
  /// only.
  private static CircuitBreaker breaker(String name, GuardSettings settings) {
    return CircuitBreaker.of(
        name,
        CircuitBreakerConfig.custom()
            .failureRateThreshold(settings.failurePercent())
            .slidingWindow(
                settings.window(),
                settings.window(),
                SlidingWindowType.COUNT_BASED,
                SlidingWindowSynchronizationStrategy.LOCK_FREE)
            .waitDurationInOpenState(Duration.ofMillis(settings.openMillis()))
            .permittedNumberOfCallsInHalfOpenState(settings.trialRequests())
            .automaticTransitionFromOpenToHalfOpenEnabled(true)
            .writableStackTraceEnabled(false)
            .build());
  }

  private static Bulkhead bulkhead(String name, GuardSettings settings) {
    return Bulkhead.of(
        name,
        BulkheadConfig.custom()
            .maxConcurrentCalls(settings.maxConcurrent())
            .maxWaitDuration(Duration.ZERO)
            .writableStackTraceEnabled(false)
            .build());
  }

  /// Stands for every failure: the breaker wants an exception, and nobody reads it.
  private static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed() {
      super("failed", null, false, false);
    }
  }
}
