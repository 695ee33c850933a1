package dev.lintel.ingress;

import java.time.Duration;

/// Turns a flurry of changes into one wake-up: it comes when nothing has changed for a while, and
/// at the latest a ceiling after the first change. Where nothing changes at all it comes once in a
/// long while, for what depends on the time of day.
final class HoldOff {
  private final long quiet;
  private final long ceiling;
  private final long longest;
  private boolean pending;
  private boolean closed;
  private long first;
  private long last;

  HoldOff(Duration quiet, Duration ceiling, Duration longest) {
    this.quiet = quiet.toNanos();
    this.ceiling = ceiling.toNanos();
    this.longest = longest.toNanos();
  }

  /// Something changed. From any thread.
  synchronized void changed() {
    long now = System.nanoTime();
    if (!pending) {
      pending = true;
      first = now;
      notifyAll();
    }
    last = now;
  }

  /// Waits for the next wake-up.
  ///
  /// @return false once closed
  synchronized boolean await() throws InterruptedException {
    long begin = System.nanoTime();
    while (!closed) {
      long left = left(begin);
      if (left <= 0) {
        pending = false;
        return true;
      }
      // Rounded up: waking a little early would only mean waiting again.
      wait(left / 1_000_000 + 1);
    }
    return false;
  }

  /// Nanoseconds until the wake-up is due.
  private long left(long begin) {
    long now = System.nanoTime();
    if (!pending) {
      return begin + longest - now;
    }
    return Math.min(last + quiet - now, first + ceiling - now);
  }

  /// Ends all waiting.
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
