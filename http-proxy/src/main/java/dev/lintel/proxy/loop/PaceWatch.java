package dev.lintel.proxy.loop;

/// Sees whether a peer keeps a pace with what it owes (bytes that it is to send, or to take), over
/// a sliding window of the time in which it owes them. While it owes nothing, or may not do what it
/// owes, the clock stands still.
///
/// Looks at the end of each slot, a twelfth of the window. What it moves in the grace at the begin
/// does not count, so it is judged for the first time when grace and window are over. Used again
/// and again without allocating, on its loop only.
public abstract class PaceWatch extends Timer {
  private static final int SLOTS = 12;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Loop loop;

  /// What had been moved at the end of each of the last slots.
  private final long[] marks = new long[SLOTS];

  private long slotNanos;
  private long left;
  private long end;
  private int looks;
  private boolean running;

  /// Not running.
  protected PaceWatch(Loop loop) {
    this.loop = loop;
  }

  /// Begins anew.
  ///
  /// @param graceMillis how long nothing counts
  /// @param windowMillis what is judged at a time from then on
  public final void start(long graceMillis, long windowMillis) {
    slotNanos = windowMillis * NANOS_PER_MILLI / SLOTS;
    left = graceMillis * NANOS_PER_MILLI;
    looks = 0;
    running = false;
    resume();
  }

  /// The peer owes something again.
  public final void resume() {
    if (!running) {
      running = true;
      end = loop.nanos() + left;
      loop.timers().arm(this, loop.nanos(), Math.max(1, left / NANOS_PER_MILLI));
    }
  }

  /// The peer cannot do anything at present.
  public final void pause() {
    if (running) {
      running = false;
      left = Math.max(0, end - loop.nanos());
      loop.timers().cancel(this);
    }
  }

  /// Whether the clock runs.
  public final boolean isRunning() {
    return running;
  }

  /// Lets go of the wheel for good.
  public final void remove() {
    running = false;
    loop.timers().remove(this);
  }

  /// Bytes that the peer moved so far; only differences count.
  protected abstract long moved();

  /// How many bytes it must have moved in a window that has just ended; 0 where it need not hurry.
  protected abstract long least();

  /// Whether it owed something in the slot that ends, and not because of us: otherwise that does
  /// not count. May call [#pause].
  protected boolean isOwing() {
    return true;
  }

  /// The peer did not keep the pace. The watch does not run any more.
  protected abstract void onTooSlow();

  @Override
  protected final void onTimeout() {
    if (!running) {
      return;
    }
    left = slotNanos;
    end = loop.nanos() + left;
    if (isOwing()) {
      long now = moved();
      int slot = looks % SLOTS;
      if (looks >= SLOTS && now - marks[slot] < least()) {
        running = false;
        onTooSlow();
        return;
      }
      marks[slot] = now;
      looks++;
    }
    if (running) {
      loop.timers().arm(this, loop.nanos(), Math.max(1, left / NANOS_PER_MILLI));
    }
  }

  @Override
  protected final void onGivenUp() {
    running = false;
    onTooSlow();
  }
}
