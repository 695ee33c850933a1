package dev.lintel.ingress.feature.ratelimit;

/// A leaky bucket for each client address (generic cell rate algorithm): one request each interval,
/// and `burst` more at once. nginx's `limit_req` with `nodelay` lets through the same requests.
///
/// Any thread; times are those of `System.nanoTime`.
final class ClientBuckets {
  private static final int MOST_CLIENTS = 1 << 16;

  private final ClientTable arrivals;
  private final long start = System.nanoTime();

  /// @param perSecond requests a second, above 0
  /// @param burst requests beyond the rate that may come at once
  ClientBuckets(double perSecond, long burst) {
    long interval = Math.max(1, (long) (1e9 / perSecond));
    long tolerance = burst * interval;
    // The number of a client is the theoretical time of its next arrival; 0 is long ago.
    this.arrivals =
        new ClientTable(
            (next, now) -> {
              long due = Math.max(next, now);
              return due - now > tolerance ? ClientTable.REFUSE : due + interval;
            },
            0,
            MOST_CLIENTS);
  }

  /// Charges one request of this client; false where it is over its limit.
  boolean admit(long high, long low, long nanoTime) {
    return arrivals.apply(high, low, nanoTime - start + 1);
  }
}
