package dev.lintel.proxy.loop;

/// Something with bytes to flush: a connection that was written to.
public abstract class Flushable {
  boolean queued;

  /// Nothing to flush yet.
  protected Flushable() {}

  /// Sends what was written. Once for each time the loop goes round, however often it was asked
  /// for.
  protected abstract void flush();
}
