package dev.lintel.proxy.loop;

import io.netty.channel.EventLoop;

/// What belongs to one event loop. Made once per loop at start, never shared; every method runs on
/// that loop, but for [#index] and [#eventLoop].
public final class Loop {
  /// Bytes of each scratch array: the longest head there can be, and room to edit it.
  public static final int SCRATCH = 96 * 1024;

  private final int index;
  private final EventLoop eventLoop;
  private final byte[] in = new byte[SCRATCH];
  private final byte[] out = new byte[SCRATCH];
  private final TimerWheel timers;
  private long nanos;

  /// Takes over an event loop.
  ///
  /// @param index its number, from 0 on
  public Loop(int index, EventLoop eventLoop) {
    this.index = index;
    this.eventLoop = eventLoop;
    this.nanos = System.nanoTime();
    this.timers = new TimerWheel(nanos);
  }

  /// The number of this loop, from 0 on: the index into what is kept once per loop.
  public int index() {
    return index;
  }

  /// The thread of this loop.
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /// The coarse clock: [System#nanoTime] as of the begin of what is handled now.
  public long nanos() {
    return nanos;
  }

  /// Scratch to read heads in; valid within one callback.
  public byte[] in() {
    return in;
  }

  /// Scratch to write heads in; valid within one callback.
  public byte[] out() {
    return out;
  }

  /// The timers of this loop.
  public TimerWheel timers() {
    return timers;
  }
}
