package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.loop.Loop;

/// How much of what costs a client nothing it has sent within a window of time: one for each
/// connection.
final class H3Budget {
  private final Loop loop;
  private long since;
  private int resets;
  private int faults;
  private int idle;
  private int begun;
  private int takenBack;

  H3Budget(Loop loop) {
    this.loop = loop;
    this.since = loop.nanos();
  }

  private void roll() {
    long now = loop.nanos();
    if (now - since > H3Limits.WINDOW_NANOS) {
      since = now;
      resets = 0;
      faults = 0;
      idle = 0;
    }
  }

  void onRequest() {
    begun++;
  }

  /// A stream was taken back; false where that is one too many.
  ///
  /// @param answered whether it had its response
  boolean allowsReset(boolean answered) {
    roll();
    if (!answered) {
      takenBack++;
    }
    return ++resets <= H3Limits.RESETS && (begun < H3Limits.JUDGED_FROM || takenBack * 2 <= begun);
  }

  /// What came on a stream has it reset; false where that is one too many.
  boolean allowsFault() {
    roll();
    return ++faults <= H3Limits.FAULTS;
  }

  /// A frame came that brings nothing; false where that is one too many.
  boolean allowsIdleFrame() {
    roll();
    return ++idle <= H3Limits.IDLE_FRAMES;
  }
}
