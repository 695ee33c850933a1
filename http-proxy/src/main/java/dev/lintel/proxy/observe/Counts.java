package dev.lintel.proxy.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counters that one thread adds to and any other may read: never torn, never locked, a little late
/// at worst.
final class Counts {
  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values;

  Counts(int size) {
    values = new long[size];
  }

  /// Adds; for the owner alone.
  void add(int index, long amount) {
    ELEMENT.setOpaque(values, index, values[index] + amount);
  }

  long get(int index) {
    return (long) ELEMENT.getOpaque(values, index);
  }
}
