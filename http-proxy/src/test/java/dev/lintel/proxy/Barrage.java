package dev.lintel.proxy;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// Requests that go on until they are told to end. It remembers which was sent when, and what came
/// of it.
abstract class Barrage implements AutoCloseable {
  private static final boolean FULL = Boolean.getBoolean("lintel.load.full");

  /// @param at when it was sent, or should have been, on the clock of [System#nanoTime]
  /// @param nanos from then to the end of its answer
  record Shot(String id, boolean post, Outcome outcome, long at, long nanos) {
    /// Whether it got an answer, and its own.
    boolean isGood() {
      return outcome.isGood() && outcome.text().endsWith(" answers " + id);
    }

    /// Whether that backend answered it.
    boolean isFrom(int backend) {
      return outcome.text().startsWith(backend + " answers ");
    }

    long millis() {
      return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /// Whether it was under way at some time between these.
    boolean overlaps(long from, long to) {
      return at + nanos - from >= 0 && at - to <= 0;
    }
  }

  private static final int SOCKETS = 20;

  private final Ledger ledger;
  private final Queue<Shot> shots = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ids = new AtomicInteger();

  Barrage(Ledger ledger) {
    this.ledger = ledger;
  }

  /// Begins: as many requests as fit into `make test`, or all with `make slow-it FULL=1`.
  ///
  /// @param sockets whether the backends know WebSockets
  static Barrage begin(TestProxy proxy, Ledger ledger, boolean sockets) {
    return FULL
        ? new OpenBarrage(proxy, ledger, sockets ? SOCKETS : 0)
        : new ClosedBarrage(proxy, ledger);
  }

  /// The number of the next request.
  final int next() {
    return ids.incrementAndGet();
  }

  /// Sends one, waits for its end and remembers it.
  final void fire(Caller caller, int number, boolean post, long at) throws IOException {
    String id = "s" + number;
    Outcome outcome = caller.call(post ? "POST" : "GET", id);
    shots.add(new Shot(id, post, outcome, at, System.nanoTime() - at));
    ledger.done(id, !post, outcome);
  }

  /// Those of which this is true, of all that have ended.
  final List<Shot> where(Predicate<Shot> predicate) {
    return shots.stream().filter(predicate).toList();
  }

  final int count() {
    return shots.size();
  }

  /// Fails where the requests themselves could not be sent.
  abstract void check();

  /// The backends whose WebSockets were cut, or lost a message, while it went on; one that could
  /// not be opened is no such.
  abstract List<Integer> cutSockets();

  /// Ends it, and waits for what is under way.
  @Override
  public abstract void close() throws InterruptedException;
}
