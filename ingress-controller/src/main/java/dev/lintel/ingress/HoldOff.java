package dev.lintel.ingress;

import java.time.Duration;

/// Wakes whoever carries out changes. A change after a rest wakes at once. One that comes sooner
/// may be part of a flurry, which is one wake-up: when nothing has changed for a while, and at the
/// latest a ceiling after its first change. Where nothing changes at all it comes once in a long
/// while, for what depends on the time of day.
final class HoldOff {
  private final long rest;
  private final long quiet;
  private final long ceiling;
  private final long longest;
  private boolean pending;
  private boolean closed;
  private long first;
  private long last;

  /// @param rest how long nobody must have been awake and nothing have changed for the next change
  ///   to wake at once
  /// @param quiet how long nothing must change for a flurry to be over
  /// @param ceiling how long a flurry lasts at most
  /// @param longest the time between two wake-ups without any change
  HoldOff(Duration rest, Duration quiet, Duration ceiling, Duration longest) {
    this.rest = rest.toNanos();
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
    if (first - begin >= rest) {
      return 0;
    }
    return Math.min(last + quiet - now, first + ceiling - now);
  }

  /// Ends all waiting.
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
