package dev.lintel.ingress;

import java.time.Duration;

/// Turns a flurry of changes into one wake-up: it comes when nothing has changed for a while, and
/// at the latest a ceiling after the first change.
final class HoldOff {
  private final long quiet;
  private final long ceiling;
  private boolean pending;
  private boolean closed;
  private long first;
  private long last;

  HoldOff(Duration quiet, Duration ceiling) {
    this.quiet = quiet.toNanos();
    this.ceiling = ceiling.toNanos();
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
    while (!closed) {
      long left = left();
      if (left == 0) {
        pending = false;
        return true;
      }
      if (left < 0) {
        wait();
      } else {
        // Rounded up: waking a little early would only mean waiting again.
        wait(left / 1_000_000 + 1);
      }
    }
    return false;
  }

  /// Nanoseconds until the wake-up is due; negative where nothing is pending.
  private long left() {
    if (!pending) {
      return -1;
    }
    long now = System.nanoTime();
    return Math.max(0, Math.min(last + quiet - now, first + ceiling - now));
  }

  /// Ends all waiting.
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
