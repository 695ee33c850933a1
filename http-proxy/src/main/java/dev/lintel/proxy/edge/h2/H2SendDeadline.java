package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.loop.Timer;

/// How long a client may take nothing, or next to nothing, of what is sent to one stream, however
/// often it opens its window a little.
final class H2SendDeadline extends Timer {
  private final H2Connection connection;
  private final H2Stream stream;
  private long taken;
  private long before;

  H2SendDeadline(H2Connection connection, H2Stream stream) {
    this.connection = connection;
    this.stream = stream;
  }

  /// The client took so much.
  void onSent(int bytes) {
    taken += bytes;
  }

  void start() {
    before = taken;
    connection.arm(this, connection.settings().sendTimeoutMillis());
  }

  void stop() {
    connection.loop().timers().cancel(this);
  }

  void remove() {
    connection.loop().timers().remove(this);
  }

  @Override
  protected void onTimeout() {
    long least = H2Limits.DRAIN_RATE * (connection.settings().sendTimeoutMillis() / 1000L);
    if (taken - before > least) {
      start();
    } else {
      stream.stalled();
    }
  }
}
