package dev.lintel.ingress.feature.ratelimit;

/// How many requests of each client address are in flight. Any thread.
final class ClientCounts {
  private static final int MOST_CLIENTS = 1 << 16;

  private final ClientTable counts;

  ClientCounts(int limit) {
    this.counts =
        new ClientTable(
            (present, change) ->
                change > 0 && present >= limit ? ClientTable.REFUSE : Math.max(0, present + change),
            0,
            MOST_CLIENTS);
  }

  /// Counts one more request; false where the client has as many as it may. What was counted is
  /// given back with `leave`.
  boolean enter(long high, long low) {
    return counts.apply(high, low, 1);
  }

  /// Counts one request less.
  void leave(long high, long low) {
    counts.apply(high, low, -1);
  }

  /// How many clients have requests in flight.
  int clients() {
    return counts.size();
  }
}
