package dev.lintel.proxy.upstream.guard;

import java.util.concurrent.atomic.AtomicLong;

/// How many extra tries an upstream may get: one for five requests, and three a second in any case.
/// Without it, tries multiply the load on an upstream that fails because of its load.
///
/// Shared by all event loops, lock-free, allocates nothing. Tries after a connection that did not
/// come about are not charged: the upstream had no work with them.
public final class RetryBudget {
  private static final long TRY = 1_000;
  private static final long FOR_A_REQUEST = TRY / 5;
  // What may be saved up: more would let a long quiet time pay for a storm.
  private static final long MOST = 100 * TRY;
  private static final long SECOND = 1_000_000_000;
  private static final long INTERVAL = SECOND / 3;

  private final AtomicLong saved = new AtomicLong();
  private final AtomicLong nextFree;

  /// A budget with nothing saved.
  ///
  /// @param nowNanos on the clock of [System#nanoTime]
  public RetryBudget(long nowNanos) {
    this.nextFree = new AtomicLong(nowNanos);
  }

  /// Counts a request (not its extra tries).
  public void onRequest() {
    if (saved.get() < MOST) {
      saved.addAndGet(FOR_A_REQUEST);
    }
  }

  /// Takes one extra try.
  ///
  /// @return whether it may be made
  public boolean tryTake(long nowNanos) {
    for (long left = saved.get(); left >= TRY; left = saved.get()) {
      if (saved.compareAndSet(left, left - TRY)) {
        return true;
      }
    }
    while (true) {
      long free = nextFree.get();
      // Differences, for the clock may wrap around.
      long next = (free - nowNanos > 0 ? free : nowNanos) + INTERVAL;
      if (next - nowNanos > SECOND) {
        return false;
      }
      if (nextFree.compareAndSet(free, next)) {
        return true;
      }
    }
  }
}
