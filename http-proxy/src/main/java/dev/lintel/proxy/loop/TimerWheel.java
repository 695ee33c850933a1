package dev.lintel.proxy.loop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The timers of one loop, exact to about two ticks and never early. Arming again for later, by far
/// the most frequent call, writes one field: the timer stays where it is and moves on when its old
/// place comes up.
public final class TimerWheel {
  private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);

  /// Milliseconds between two looks at the wheel.
  static final int TICK_MILLIS = 50;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long TICK_NANOS = TICK_MILLIS * NANOS_PER_MILLI;
  private static final int BUCKETS = 512;
  private static final int MASK = BUCKETS - 1;

  private final Timer[] buckets = new Timer[BUCKETS];
  private final Timer firing = new Sentinel();
  private final long origin;
  private long tick;

  /// A wheel that begins at `origin`, a time of [System#nanoTime].
  TimerWheel(long origin) {
    this.origin = origin;
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] = new Sentinel();
    }
  }

  /// Fires `timer` once `delayMillis` from `now` have passed, and not when it was armed for before.
  ///
  /// @param now the loop's clock
  public void arm(Timer timer, long now, long delayMillis) {
    long deadline = now - origin + delayMillis * NANOS_PER_MILLI;
    timer.deadline = deadline;
    if (timer.isLinked()) {
      if (timer.due * TICK_NANOS <= deadline) {
        return;
      }
      timer.unlink();
    }
    link(timer);
  }

  /// Makes sure that it does not fire. Its place in the wheel is kept, since most timers are armed
  /// again soon.
  public void cancel(Timer timer) {
    timer.deadline = Timer.NEVER;
  }

  /// Takes the timer out for good, so that the wheel does not hold on to its owner.
  public void remove(Timer timer) {
    timer.deadline = Timer.NEVER;
    timer.unlink();
  }

  /// Has every idle timer fire within `millis` from `now`.
  public void hasten(long now, int millis) {
    long latest = now - origin + millis * NANOS_PER_MILLI;
    for (Timer timer : armed()) {
      if (timer.deadline > latest && timer.isIdle()) {
        arm(timer, now, millis);
      }
    }
  }

  /// Fires the timers that hold the most stalled bytes, no more than `most`.
  public void giveUp(int most) {
    List<Timer> stalled = armed();
    stalled.removeIf(timer -> timer.stalledBytes() == 0);
    stalled.sort(Comparator.comparingLong(Timer::stalledBytes).reversed());
    for (Timer timer : stalled.subList(0, Math.min(most, stalled.size()))) {
      if (timer.isArmed()) {
        remove(timer);
        timer.onGivenUp();
      }
    }
  }

  private List<Timer> armed() {
    List<Timer> all = held();
    all.removeIf(timer -> !timer.isArmed());
    return all;
  }

  /// How many timers the wheel holds on to, and so their owners: those that will fire, and those
  /// that were cancelled and whose time has not come.
  public int size() {
    return held().size();
  }

  private List<Timer> held() {
    List<Timer> all = new ArrayList<>();
    for (Timer bucket : buckets) {
      for (Timer timer = bucket.next; !(timer instanceof Sentinel); timer = timer.next) {
        all.add(timer);
      }
    }
    return all;
  }

  /// Fires what is due at `now`.
  void advance(long now) {
    long elapsed = now - origin;
    long target = elapsed / TICK_NANOS;
    while (tick < target) {
      tick++;
      expire(buckets[(int) (tick & MASK)], elapsed);
    }
  }

  private void expire(Timer bucket, long elapsed) {
    if (!bucket.isLinked()) {
      return;
    }
    // The whole bucket is taken out first: a timer that fires may arm others into it, a lap later.
    firing.linkBefore(bucket);
    bucket.unlink();
    while (firing.isLinked()) {
      Timer timer = firing.next;
      timer.unlink();
      if (timer.deadline <= elapsed) {
        timer.deadline = Timer.NEVER;
        fire(timer);
      } else if (timer.deadline != Timer.NEVER) {
        link(timer);
      }
    }
  }

  /// What fails in one timer must not stop those of all connections.
  private static void fire(Timer timer) {
    try {
      timer.onTimeout();
    } catch (RuntimeException e) {
      LOG.error("a timer failed", e);
    }
  }

  private void link(Timer timer) {
    long due = Math.max(timer.deadline / TICK_NANOS + 1, tick + 1);
    timer.due = Math.min(due, tick + MASK);
    timer.linkBefore(buckets[(int) (timer.due & MASK)]);
  }

  /// Begin and end of a bucket.
  private static final class Sentinel extends Timer {
    @Override
    protected void onTimeout() {
      throw new AssertionError("a sentinel is never armed");
    }
  }
}
