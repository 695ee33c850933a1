package dev.lintel.e2e;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Waits for something that becomes true in its own time; fails, naming what did not, when the time
/// is up.
final class Await {
  private Await() {}

  interface Condition {
    boolean holds() throws Exception;
  }

  /// How long it took until the condition held; an exception of the condition counts as not yet.
  static Duration until(String what, Duration limit, Condition condition) {
    long began = System.nanoTime();
    while (true) {
      @Nullable Exception last = null;
      try {
        if (condition.holds()) {
          return Duration.ofNanos(System.nanoTime() - began);
        }
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() - began > limit.toNanos()) {
        throw new AssertionError("not within " + limit.toMillis() + " ms: " + what, last);
      }
      pause(Duration.ofMillis(10));
    }
  }

  static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
