package dev.lintel.proxy.observe;

/// The access log of one event loop: formats lines into memory of the loop and leaves them to the
/// writer. Never blocks, allocates nothing.
public final class LoopLog {
  private static final int RING = 256 * 1024;
  private static final int ALARM = RING / 4;

  private final AccessLog log;
  private final LogLine line;
  private final LogRing ring = new LogRing(RING);
  private volatile long lost;
  private volatile boolean alarmed;

  LoopLog(AccessLog log, LogTime time) {
    this.log = log;
    this.line = new LogLine(time);
  }

  /// Logs a request. Where the writer is so far behind that there is no room, the line is lost and
  /// counted.
  ///
  /// @param format the one whose request fields the exchange has kept
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer, this loop
  public void write(LogFormat format, FinishedRequest request) {
    if (!log.isOn() || !format.has(request)) {
      return;
    }
    format.write(line, request);
    int waiting = ring.offer(line.bytes(), line.length());
    if (waiting < 0) {
      lost++;
    } else if (waiting > ALARM && !alarmed) {
      alarmed = true;
      log.wakeWriter();
    }
  }

  LogRing ring() {
    alarmed = false;
    return ring;
  }

  long lost() {
    return lost;
  }
}
