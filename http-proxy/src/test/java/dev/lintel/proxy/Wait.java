package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// Waits for what comes soon, and fails where it does not.
final class Wait {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int STEP_MILLIS = 5;

  private Wait() {}

  /// Until that is so, which must be within ten seconds.
  static void until(Callable<Boolean> isSo) throws Exception {
    within(PATIENCE_MILLIS, isSo);
  }

  /// How long it took, in milliseconds.
  static long within(int mostMillis, Callable<Boolean> isSo) throws Exception {
    long from = System.nanoTime();
    long millis = 0;
    boolean holds = isSo.call();
    while (!holds && millis < mostMillis) {
      Thread.sleep(STEP_MILLIS);
      holds = isSo.call();
      millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
    }
    assertThat(holds).as("within %d ms", mostMillis).isTrue();
    return millis;
  }
}
