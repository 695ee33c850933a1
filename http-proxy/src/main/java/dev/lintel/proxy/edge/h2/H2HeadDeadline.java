package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;

/// How long a client may take to send its first settings, and each list of fields from the first
/// byte to the last, however many frames it is spread over.
final class H2HeadDeadline extends Timer {
  private final Loop loop;
  private final long millis;
  private final Runnable late;
  private boolean running;
  private long block;

  H2HeadDeadline(Loop loop, long millis, Runnable late) {
    this.loop = loop;
    this.millis = millis;
    this.late = late;
  }

  void start() {
    running = true;
    loop.timers().arm(this, loop.nanos(), millis);
  }

  /// Bytes were read.
  ///
  /// @param pending whether something other than a body has begun and is not complete
  /// @param number of what is pending; the clock begins anew with each
  void check(boolean pending, long number) {
    if (!pending) {
      if (running) {
        running = false;
        loop.timers().cancel(this);
      }
    } else if (!running || block != number) {
      start();
    }
    block = number;
  }

  void remove() {
    loop.timers().remove(this);
  }

  @Override
  protected void onTimeout() {
    late.run();
  }
}
