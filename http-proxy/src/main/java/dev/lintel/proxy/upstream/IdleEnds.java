package dev.lintel.proxy.upstream;

/// After how long a wait an endpoint has ended connections of late, as far as one loop saw it. What
/// must not be sent twice keeps away from a connection that has waited about as long: its request
/// and the end of the connection could cross, and nobody could tell whether it was seen.
///
/// No time is configured: servers have their own (2 s, 5 s, a minute), and end connections early
/// where they run short of them. Used on its loop only.
final class IdleEnds {
  /// An end is remembered for one to two of these.
  static final long PERIOD_NANOS = 60_000_000_000L;

  /// A connection is doubted once it has waited for a part of the time that one before it lasted.
  private static final int DOUBT = 2;

  private static final long NEVER = Long.MAX_VALUE;

  private long shortest = NEVER;
  private long shortestBefore = NEVER;
  private long since;

  /// The endpoint ended a connection.
  ///
  /// @param waited for how many nanoseconds nothing had been asked of it
  /// @param now the loop's clock
  void add(long waited, long now) {
    if (isEmpty()) {
      since = now;
    }
    turn(now);
    shortest = Math.min(shortest, waited);
  }

  /// Whether a connection that has waited so long may be about to end.
  ///
  /// @param waited nanoseconds
  /// @param now the loop's clock
  boolean isNear(long waited, long now) {
    if (isEmpty()) {
      return false;
    }
    turn(now);
    return waited >= Math.min(shortest, shortestBefore) / DOUBT;
  }

  private boolean isEmpty() {
    return shortest == NEVER && shortestBefore == NEVER;
  }

  private void turn(long now) {
    long age = now - since;
    if (age < PERIOD_NANOS) {
      return;
    }
    shortestBefore = age < 2 * PERIOD_NANOS ? shortest : NEVER;
    shortest = NEVER;
    since = now;
  }
}
