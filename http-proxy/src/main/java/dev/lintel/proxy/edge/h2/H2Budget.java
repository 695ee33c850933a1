package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Malformed;

/// How much of what costs a client nothing it has sent within a window of time: one for each
/// connection.
final class H2Budget {
  private final Loop loop;
  private long since;
  private int resets;
  private int faults;
  private int priorities;
  private int settings;
  private int idle;
  private int useful;
  private int emptyData;

  H2Budget(Loop loop) {
    this.loop = loop;
    this.since = loop.nanos();
  }

  private void roll() {
    long now = loop.nanos();
    if (now - since > H2Limits.WINDOW_NANOS) {
      since = now;
      resets = 0;
      faults = 0;
      priorities = 0;
      settings = 0;
      idle = 0;
      useful = 0;
    }
  }

  /// A frame that brings something.
  void onUseful() {
    useful++;
  }

  /// Bytes of a body, in as many frames as they take, went to the client, which may well answer
  /// each.
  void onSent(int bytes) {
    useful += 1 + bytes / H2Limits.FRAME;
  }

  void onData(boolean empty) throws H2Refused {
    if (!empty) {
      emptyData = 0;
      useful++;
    } else if (++emptyData > H2Limits.EMPTY_DATA_FRAMES) {
      throw H2Refused.calm(Malformed.H2_EMPTY_FRAMES);
    }
  }

  void onReset() throws H2Refused {
    roll();
    if (++resets > H2Limits.RESETS) {
      throw H2Refused.calm(Malformed.H2_RESETS);
    }
  }

  /// We reset a stream because of what the client did; false where that is one too many.
  boolean allowsFault() {
    roll();
    return ++faults <= H2Limits.FAULTS;
  }

  void onPriority() throws H2Refused {
    roll();
    if (++priorities > H2Limits.PRIORITIES) {
      throw H2Refused.calm(Malformed.H2_PRIORITIES);
    }
  }

  void onSettings() throws H2Refused {
    roll();
    if (++settings > H2Limits.SETTINGS) {
      throw H2Refused.calm(Malformed.H2_CONTROL_FRAMES);
    }
  }

  /// A frame that brings nothing by itself.
  void onIdle() throws H2Refused {
    roll();
    long most = H2Limits.IDLE_FRAMES + (long) H2Limits.IDLE_FRAMES_PER_FRAME * useful;
    if (++idle > most) {
      throw H2Refused.calm(Malformed.H2_CONTROL_FRAMES);
    }
  }
}
