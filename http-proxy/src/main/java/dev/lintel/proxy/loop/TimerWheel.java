package dev.lintel.proxy.loop;

import org.jspecify.annotations.Nullable;

/// The timers of one loop, exact to about a tick and never early. Arming again later, by far the
/// most frequent call, writes one field: the timer stays where it is and moves on when its old
/// place comes up.
public final class TimerWheel {
  /// Milliseconds between two looks at the wheel.
  static final int TICK_MILLIS = 50;

  private static final long TICK_NANOS = TICK_MILLIS * 1_000_000L;
  private static final int BUCKETS = 2048;
  private static final int MASK = BUCKETS - 1;

  private final @Nullable Timer[] buckets = new @Nullable Timer[BUCKETS];
  private final long origin;
  private long tick;

  TimerWheel(long now) {
    origin = now;
  }

  /// Fires `timer` once `delayMillis` from `now` have passed, and not at the time it was armed for
  /// before.
  ///
  /// @param now nanoseconds, the loop's clock
  public void arm(Timer timer, long now, long delayMillis) {
    long deadline = now + delayMillis * 1_000_000L;
    timer.deadline = deadline;
    long due = tickOf(deadline);
    if (timer.bucket >= 0) {
      long distance = (timer.bucket - (tick + 1)) & MASK;
      if (tick + 1 + distance <= due) {
        return;
      }
      unlink(timer);
    }
    link(timer, due);
  }

  /// Makes sure that it does not fire. Its place in the wheel is kept, since most timers are armed
  /// again soon.
  public void cancel(Timer timer) {
    timer.deadline = Timer.NEVER;
  }

  /// Takes the timer out for good, so that the wheel does not hold on to its owner.
  public void remove(Timer timer) {
    timer.deadline = Timer.NEVER;
    if (timer.bucket >= 0) {
      unlink(timer);
    }
  }

  /// Fires what is due.
  void advance(long now) {
    long target = (now - origin) / TICK_NANOS;
    while (tick < target) {
      tick++;
      expire((int) (tick & MASK), now);
    }
  }

  private void expire(int bucket, long now) {
    Timer timer = buckets[bucket];
    buckets[bucket] = null;
    // Detached first: a timer that fires may arm itself into this same bucket, a lap later.
    for (Timer each = timer; each != null; each = each.next) {
      each.bucket = DETACHED;
    }
    while (timer != null) {
      Timer following = timer.next;
      timer.previous = null;
      timer.next = null;
      if (following != null) {
        following.previous = null;
      }
      timer.bucket = -1;
      head = following;
      if (timer.deadline != Timer.NEVER) {
        if (timer.deadline <= now) {
          timer.deadline = Timer.NEVER;
          timer.onTimeout();
        } else {
          link(timer, tickOf(timer.deadline));
        }
      }
      timer = head;
    }
  }

  private static final int DETACHED = BUCKETS;
  private @Nullable Timer head;

  private long tickOf(long deadline) {
    long due = (deadline - origin) / TICK_NANOS + 1;
    return Math.min(Math.max(due, tick + 1), tick + MASK);
  }

  private void link(Timer timer, long due) {
    int bucket = (int) (due & MASK);
    Timer first = buckets[bucket];
    timer.bucket = bucket;
    timer.next = first;
    if (first != null) {
      first.previous = timer;
    }
    buckets[bucket] = timer;
  }

  private void unlink(Timer timer) {
    Timer before = timer.previous;
    Timer after = timer.next;
    if (before != null) {
      before.next = after;
    } else if (timer.bucket == DETACHED) {
      head = after;
    } else {
      buckets[timer.bucket] = after;
    }
    if (after != null) {
      after.previous = before;
    }
    timer.previous = null;
    timer.next = null;
    timer.bucket = -1;
  }
}
