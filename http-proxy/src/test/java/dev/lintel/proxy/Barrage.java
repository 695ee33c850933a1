package dev.lintel.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// Clients that send one request after another until they are told to end, half of them over
/// HTTP/1.1 and half over HTTP/2, one request of twenty a POST. Each remembers when it sent what,
/// and what came of it.
final class Barrage implements AutoCloseable {
  private static final int POST_OF = 20;
  private static final int MOST_PAUSE = 16;

  /// @param at when it was sent, on the clock of [System#nanoTime]
  record Shot(String id, boolean post, Outcome outcome, long at, long nanos) {
    /// Whether it got an answer, and its own.
    boolean isGood() {
      return outcome.isGood() && outcome.text().endsWith(" answers " + id);
    }

    long millis() {
      return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
  }

  private final int port;
  private final Ledger ledger;
  private final Queue<Shot> shots = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  /// Begins.
  Barrage(int port, int clients, Ledger ledger) {
    this.port = port;
    this.ledger = ledger;
    for (int i = 0; i < clients; i++) {
      int version = 1 + i % 2;
      threads.add(Thread.ofVirtual().start(() -> run(version)));
    }
  }

  private void run(int version) {
    try (Caller caller = Caller.over(version, port)) {
      while (!over) {
        int number = ids.incrementAndGet();
        boolean post = number % POST_OF == 0;
        String id = "s" + number;
        long at = System.nanoTime();
        Outcome outcome = caller.call(post ? "POST" : "GET", id);
        shots.add(new Shot(id, post, outcome, at, System.nanoTime() - at));
        ledger.done(id, !post, outcome);
        Thread.sleep(ThreadLocalRandom.current().nextInt(MOST_PAUSE));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Those of which this is true, of all that have ended.
  List<Shot> where(Predicate<Shot> predicate) {
    return shots.stream().filter(predicate).toList();
  }

  int count() {
    return shots.size();
  }

  /// Ends it, and waits for what is under way.
  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread each : threads) {
      each.join();
    }
  }
}
