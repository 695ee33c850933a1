package dev.lintel.proxy.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Bytes on their way from one loop to the writer: a ring with one producer and one consumer, of
/// which neither ever waits for the other.
final class LogRing {
  private static final VarHandle WRITTEN;
  private static final VarHandle READ;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WRITTEN = lookup.findVarHandle(LogRing.class, "written", long.class);
      READ = lookup.findVarHandle(LogRing.class, "read", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final byte[] bytes;
  private final int mask;

  @SuppressWarnings("UnusedVariable") // through its handle
  private long written;

  @SuppressWarnings("UnusedVariable") // through its handle
  private long read;

  /// @param capacity a power of two
  LogRing(int capacity) {
    bytes = new byte[capacity];
    mask = capacity - 1;
  }

  /// Appends a whole line or nothing. For the producer.
  ///
  /// @return how many bytes wait now, or -1 where the line did not fit
  int offer(byte[] line, int length) {
    long end = (long) WRITTEN.get(this);
    int waiting = (int) (end - (long) READ.getAcquire(this));
    if (length > bytes.length - waiting) {
      return -1;
    }
    int at = (int) end & mask;
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(line, 0, bytes, at, first);
    System.arraycopy(line, first, bytes, 0, length - first);
    WRITTEN.setRelease(this, end + length);
    return waiting + length;
  }

  /// Writes out what waits. For the consumer.
  ///
  /// @return false where there was nothing
  boolean drainTo(OutputStream out) throws IOException {
    long from = (long) READ.get(this);
    long end = (long) WRITTEN.getAcquire(this);
    if (from == end) {
      return false;
    }
    int length = (int) (end - from);
    int at = (int) from & mask;
    int first = Math.min(length, bytes.length - at);
    try {
      out.write(bytes, at, first);
      if (length > first) {
        out.write(bytes, 0, length - first);
      }
    } finally {
      READ.setRelease(this, end); // also when it could not be written: the loop goes on
    }
    return true;
  }
}
