package dev.lintel.ingress.command;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/// SIGTERM and SIGINT of this process: the first asks for a drain, the second for haste.
///
/// A shutdown hook would not do: the process must be able to wait for minutes, hear a second signal
/// meanwhile and end with exit code 0.
final class StopSignals {
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  private @Nullable Thread starting;

  private StopSignals() {}

  /// Starts to listen; from now on the signals no longer end the process by themselves.
  static StopSignals listen() {
    StopSignals signals = new StopSignals();
    Signal.handle(new Signal("TERM"), _ -> signals.arrived());
    Signal.handle(new Signal("INT"), _ -> signals.arrived());
    return signals;
  }

  private synchronized void arrived() {
    if (first.getCount() > 0) {
      first.countDown();
      if (starting != null) {
        starting.interrupt();
      }
    } else {
      second.countDown();
    }
  }

  /// From now on the first signal interrupts the calling thread, which may wait for a cluster that
  /// is not there; until `started` is called.
  synchronized void starting() {
    starting = Thread.currentThread();
    if (first.getCount() == 0) {
      starting.interrupt();
    }
  }

  /// The thread that starts is interrupted no more.
  synchronized void started() {
    starting = null;
  }

  /// Whether the process was asked to end.
  boolean hasArrived() {
    return first.getCount() == 0;
  }

  /// Waits until the process is asked to end.
  void awaitFirst() throws InterruptedException {
    first.await();
  }

  /// Counts down to zero when the process is asked a second time.
  CountDownLatch second() {
    return second;
  }
}
