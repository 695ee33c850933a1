package dev.lintel.proxy.loop;

import org.jspecify.annotations.Nullable;

/// One deadline of one thing (a connection, an exchange), armed again and again without allocating.
/// Used on its loop only.
public abstract class Timer {
  /// What `deadline` is while the timer is not armed.
  static final long NEVER = Long.MAX_VALUE;

  long deadline = NEVER;
  int bucket = -1;
  @Nullable Timer previous;
  @Nullable Timer next;

  /// Not armed.
  protected Timer() {}

  /// The deadline has passed; the timer is not armed any more and may be armed again.
  protected abstract void onTimeout();

  /// Whether it will fire.
  public final boolean isArmed() {
    return deadline != NEVER;
  }
}
