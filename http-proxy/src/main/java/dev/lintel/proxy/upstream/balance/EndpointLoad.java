package dev.lintel.proxy.upstream.balance;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How much one endpoint has to do, how fast it was of late, and since when it is there. Shared by
/// all loops; outlives changes of the set of endpoints.
///
/// The average is ingress-nginx's: a new time counts by the share that the old average lost since
/// it was touched, e-fold in ten seconds. Who asks for the [#score] sees the average lose its
/// weight in the same way, so that an endpoint that nobody asked for a while is tried again.
public final class EndpointLoad {
  private static final double DECAY_MILLIS = 10_000;
  private static final int LONG_AGO_MILLIS = 1_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long MASK = 0xffff_ffffL;

  private final AtomicInteger inFlight = new AtomicInteger();

  /// The average in seconds, as bits of a float, and the milliseconds when it was touched: one
  /// number, so that loops see both or neither.
  private final AtomicLong average = new AtomicLong();

  private final long since;
  private final boolean warm;

  private EndpointLoad(float seconds, int touched, long now, boolean warm) {
    this.average.set(pack(seconds, touched));
    this.since = now;
    this.warm = warm;
  }

  /// That of an endpoint that was there before anybody counted: the first time is its average.
  ///
  /// @param now a time of [System#nanoTime]
  static EndpointLoad known(long now) {
    return new EndpointLoad(0, millis(now) - LONG_AGO_MILLIS, now, true);
  }

  /// That of an endpoint that came just now.
  ///
  /// @param seconds the average of the others, which it begins with
  static EndpointLoad fresh(double seconds, long now) {
    return new EndpointLoad((float) seconds, millis(now), now, false);
  }

  /// A request was sent there.
  void begin() {
    inFlight.incrementAndGet();
  }

  /// It is over.
  void end() {
    inFlight.decrementAndGet();
  }

  /// How many requests are there.
  int inFlight() {
    return inFlight.get();
  }

  /// For how long it has been there, in nanoseconds; [Long#MAX_VALUE] where it was from the
  /// beginning.
  long age(long now) {
    return warm ? Long.MAX_VALUE : now - since;
  }

  /// A request took so long there.
  void observe(long nanos, long now) {
    int at = millis(now);
    double seconds = nanos / NANOS_PER_SECOND;
    long seen;
    long next;
    do {
      seen = average.get();
      double weight = weight(seen, at);
      next = pack((float) (seconds(seen) * weight + seconds * (1 - weight)), at);
    } while (!average.compareAndSet(seen, next));
  }

  /// The average of late, in seconds; the less, the better.
  double score(long now) {
    long seen = average.get();
    return seconds(seen) * weight(seen, millis(now));
  }

  /// The average when it was touched last, in seconds.
  double average() {
    return seconds(average.get());
  }

  /// The share of the old average after the time that passed; loops' clocks are not quite the same.
  private static double weight(long seen, int now) {
    return Math.exp(-Math.max(0, now - (int) seen) / DECAY_MILLIS);
  }

  private static double seconds(long seen) {
    return Float.intBitsToFloat((int) (seen >>> Integer.SIZE));
  }

  private static long pack(float seconds, int millis) {
    return (long) Float.floatToRawIntBits(seconds) << Integer.SIZE | millis & MASK;
  }

  private static int millis(long nanos) {
    return (int) (nanos / NANOS_PER_MILLI);
  }
}
