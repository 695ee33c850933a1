package dev.lintel.proxy.loop;

import dev.lintel.proxy.message.RequestIds;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What belongs to one event loop. Made once per loop at start, never shared; every method runs on
/// that loop, but for [#index] and [#eventLoop].
///
/// What one read of a socket sets off is a *burst*: it begins with [#begin] and ends with [#end],
/// which sends everything that was written to any connection meanwhile, each with one system call.
/// Whatever is written outside of a burst is sent by a task that runs soon.
public final class Loop {
  /// Bytes of each scratch array: the longest head there can be, and room to edit it.
  public static final int SCRATCH = 160 * 1024;

  private final int index;
  private final EventLoop eventLoop;
  private final Transport transport;
  private final byte[] in = new byte[SCRATCH];
  private final byte[] out = new byte[SCRATCH];
  private final RequestIds requestIds = new RequestIds();
  private final PresentDate date = new PresentDate();
  private final TimerWheel timers;
  private final Runnable flushTask = this::flushAlone;

  private final Runnable lastTask = this::flushLast;
  private final List<Flushable> last = new ArrayList<>();

  private Flushable[] dirty = new Flushable[64];
  private int dirtyCount;
  private boolean inBurst;
  private boolean flushScheduled;
  private long nanos;

  /// Takes over an event loop.
  ///
  /// @param index its number, from 0 on
  public Loop(int index, EventLoop eventLoop, Transport transport) {
    this.index = index;
    this.eventLoop = eventLoop;
    this.transport = transport;
    this.nanos = System.nanoTime();
    this.timers = new TimerWheel(nanos);
  }

  /// Begins to look at the timers. Once, from any thread.
  public void start() {
    eventLoop.scheduleAtFixedRate(
        this::tick, TimerWheel.TICK_MILLIS, TimerWheel.TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    nanos = System.nanoTime();
    inBurst = true;
    try {
      timers.advance(nanos);
    } finally {
      end();
    }
  }

  /// Begins a burst, or goes on with the one there is.
  public void begin() {
    if (!inBurst) {
      inBurst = true;
      nanos = System.nanoTime();
    }
  }

  /// Ends the burst: flushes what is dirty.
  public void end() {
    int i = 0;
    // What a flush makes dirty in turn (a connection that takes bytes again) goes out as well.
    while (i < dirtyCount) {
      Flushable each = dirty[i++];
      each.queued = false;
      each.flush();
    }
    if (i > 0) {
      Arrays.fill(dirty, 0, i, null);
      dirtyCount = 0;
    }
    inBurst = false;
  }

  /// Has `flushable` flushed at the end of the burst, once.
  public void flushLater(Flushable flushable) {
    if (flushable.queued) {
      return;
    }
    flushable.queued = true;
    if (dirtyCount == dirty.length) {
      dirty = Arrays.copyOf(dirty, dirtyCount * 2);
    }
    dirty[dirtyCount++] = flushable;
    if (!inBurst && !flushScheduled) {
      flushScheduled = true;
      eventLoop.execute(flushTask);
    }
  }

  private void flushAlone() {
    flushScheduled = false;
    end();
  }

  /// Has `flushable` flushed once all sockets that are ready now were read: what many of them bring
  /// for one connection (the streams of HTTP/2) goes out with one system call.
  public void flushLast(Flushable flushable) {
    if (flushable.queued) {
      return;
    }
    flushable.queued = true;
    if (last.isEmpty()) {
      eventLoop.execute(lastTask);
    }
    last.add(flushable);
  }

  private void flushLast() {
    begin();
    int done = 0;
    try {
      while (done < last.size()) {
        Flushable each = last.get(done++);
        each.queued = false;
        each.flush();
      }
    } finally {
      if (done == last.size()) {
        last.clear();
      } else {
        // A flush that failed must not cost the others theirs.
        last.subList(0, done).clear();
        eventLoop.execute(lastTask);
      }
      end();
    }
  }

  /// The number of this loop, from 0 on: the index into what is kept once per loop.
  public int index() {
    return index;
  }

  /// The thread of this loop.
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /// Where buffers come from.
  public ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  /// The kind of its sockets.
  public Transport transport() {
    return transport;
  }

  /// The coarse clock: [System#nanoTime] as of the begin of the burst.
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

  /// The present time as the field Date has it (RFC 9110 5.6.7); not to be changed.
  public byte[] date() {
    return date.at(nanos);
  }

  /// Makes the ids of requests.
  public RequestIds requestIds() {
    return requestIds;
  }

  /// The timers of this loop.
  public TimerWheel timers() {
    return timers;
  }
}
