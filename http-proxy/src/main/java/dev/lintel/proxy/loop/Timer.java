package dev.lintel.proxy.loop;

/// One deadline of one thing (a connection, an exchange), armed again and again without allocating.
/// Used on its loop only.
public abstract class Timer {
  /// What `deadline` is while the timer is not armed.
  static final long NEVER = Long.MAX_VALUE;

  /// Nanoseconds since the wheel's origin.
  long deadline = NEVER;

  /// The tick whose bucket it lies in; only of meaning while it lies in one.
  long due;

  /// Neighbours in its bucket; itself while it lies in none.
  Timer previous = this;

  Timer next = this;

  /// Not armed.
  protected Timer() {}

  /// The deadline has passed; the timer is not armed any more and may be armed again.
  protected abstract void onTimeout();

  /// Whether it counts the time that a connection does nothing.
  protected boolean isIdle() {
    return false;
  }

  /// How many bytes wait, while it is armed, for a peer that does not take them: what is won by
  /// firing it at once.
  protected long stalledBytes() {
    return 0;
  }

  /// It is fired before its time, for the sake of the bytes that it holds.
  protected void onGivenUp() {
    onTimeout();
  }

  /// Whether it will fire.
  public final boolean isArmed() {
    return deadline != NEVER;
  }

  @SuppressWarnings("ReferenceEquality") // a timer is only equal to itself
  final boolean isLinked() {
    return next != this;
  }

  final void unlink() {
    previous.next = next;
    next.previous = previous;
    previous = this;
    next = this;
  }

  final void linkBefore(Timer sentinel) {
    previous = sentinel.previous;
    next = sentinel;
    previous.next = this;
    sentinel.previous = this;
  }
}
