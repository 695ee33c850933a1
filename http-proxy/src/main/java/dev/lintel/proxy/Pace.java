package dev.lintel.proxy;

/// How fast a client must be with what it owes: the body of its request, and taking a response.
///
/// @param bytesPerSecond on average over a window
/// @param graceMillis how long nothing counts at the begin of a request's body
/// @param windowMillis what is judged at a time of a request's body
public record Pace(int bytesPerSecond, int graceMillis, int windowMillis) {
  private static final int FIRST_PART = 60;

  /// The pace where nothing else is said.
  public static final Pace USUAL = new Pace(240, 10_000, 60_000);

  /// Bytes in so many milliseconds.
  public long bytesIn(int millis) {
    return (long) bytesPerSecond * millis / 1_000;
  }

  /// Bytes of a request's body in a window.
  public long least() {
    return bytesIn(windowMillis);
  }

  /// How long a stalled response is let be before it is watched for so long: what stalls for a
  /// moment only, as fast ones do all the time, costs nothing.
  public static long first(int millis) {
    return millis / FIRST_PART;
  }
}
