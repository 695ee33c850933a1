package dev.lintel.proxy.upstream.balance;

/// The endpoints of an upstream that one try of a request may go to, by index, as one loop sees
/// them. Valid within one call of [Balancer#pick].
public interface Candidates {
  /// How many endpoints there are, tried ones included; at least one.
  int count();

  /// How many tries there were.
  int tries();

  /// Whether the request was sent to endpoint `index` before.
  boolean isTried(int index);

  /// Whether the endpoint of the last try may be tried once more, on a new connection: the last try
  /// failed because of its old connection.
  boolean mayRepeat();

  /// The endpoint of the last try; -1 where there was none, or it is gone.
  int last();

  /// The endpoint whose turn it is on this loop, of those not tried; the next one is next. -1 where
  /// none is left.
  int inTurn();

  /// A random number from 0 to `bound` - 1.
  int random(int bound);

  /// The loop's clock.
  long nanos();

  /// What was worked out of the endpoints.
  Derived derived();
}
