package dev.lintel.proxy.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A line for each request, written by a thread of its own: event loops format into memory and
/// never wait for a disk or a pipe. When the writer is too slow, lines are lost and counted.
///
/// Lines appear within a tenth of a second.
public final class AccessLog implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(AccessLog.class);
  private static final int PAUSE_MILLIS = 100;
  private static final long CLOSE_MILLIS = 5_000;

  private final @Nullable OutputStream out;
  private final InstantSource clock;
  private final ZoneId zone;
  private final CopyOnWriteArrayList<LoopLog> loops = new CopyOnWriteArrayList<>();
  private final Semaphore wake = new Semaphore(0);
  private final @Nullable Thread writer;
  private volatile LogFormat format = LogFormat.compile(LogFormat.UPSTREAM);
  private volatile boolean closed;
  private volatile long failedWrites;
  private boolean failing;

  private AccessLog(@Nullable OutputStream out, InstantSource clock, ZoneId zone) {
    this.out = out;
    this.clock = clock;
    this.zone = zone;
    this.writer =
        out == null
            ? null
            : Thread.ofPlatform().daemon().name("lintel-access-log").start(this::run);
  }

  /// A log that nobody reads: nothing is formatted.
  public static AccessLog off() {
    return new AccessLog(null, Clock.systemUTC(), ZoneId.of("UTC"));
  }

  /// A log on the standard output.
  public static AccessLog onStandardOutput() {
    return to(new FileOutputStream(FileDescriptor.out));
  }

  /// A log on a stream, which needs no buffer of its own and is not closed.
  public static AccessLog to(OutputStream out) {
    return to(out, Clock.systemUTC(), ZoneId.systemDefault());
  }

  static AccessLog to(OutputStream out, InstantSource clock, ZoneId zone) {
    return new AccessLog(out, clock, zone);
  }

  /// The part of one event loop. To be made once for each.
  public LoopLog newLoop() {
    LoopLog loop = new LoopLog(this, new LogTime(clock, zone));
    loops.add(loop);
    return loop;
  }

  /// The format of new requests: an exchange takes it when it begins and keeps it to its end.
  public LogFormat format() {
    return format;
  }

  /// Changes the format of requests that begin from now on.
  public void format(LogFormat next) {
    format = next;
  }

  /// Lines that were not written because the writer was too slow.
  public long lostLines() {
    long lost = 0;
    for (LoopLog loop : loops) {
      lost += loop.lost();
    }
    return lost;
  }

  /// Times that the stream took nothing; what was to be written then is gone.
  public long failedWrites() {
    return failedWrites;
  }

  /// Writes what waits and ends, but waits no longer than five seconds for the stream.
  @Override
  public void close() {
    closed = true;
    wake.release();
    if (writer != null) {
      try {
        writer.join(CLOSE_MILLIS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  boolean isOn() {
    return out != null;
  }

  void wakeWriter() {
    wake.release();
  }

  private void run() {
    boolean last = false;
    while (!last) {
      last = closed;
      if (!last) {
        pause();
      }
      for (LoopLog loop : loops) {
        drain(loop);
      }
    }
  }

  private void pause() {
    try {
      if (wake.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException _) {
      closed = true;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, this thread
  private void drain(LoopLog loop) {
    OutputStream target = out;
    if (target == null) {
      return;
    }
    try {
      if (loop.ring().drainTo(target) && failing) {
        failing = false;
        LOGGER.info("the access log is written again");
      }
    } catch (IOException e) {
      failedWrites++;
      if (!failing) {
        failing = true;
        LOGGER.warn("the access log cannot be written: {}; its lines are lost", e.getMessage());
      }
    }
  }
}
