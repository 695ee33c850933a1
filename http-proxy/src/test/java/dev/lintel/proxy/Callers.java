package dev.lintel.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Clients that send requests at the same time, half of them over HTTP/1.1 and half over HTTP/2,
/// and enter what they got into a ledger.
final class Callers {
  private final int port;
  private final Ledger ledger;
  private final int postOf;
  private final int pauseMillis;
  private final AtomicInteger sent = new AtomicInteger();

  /// @param postOf one request of so many is a POST; 0 for none
  /// @param pauseMillis the longest time between two requests of a client
  Callers(int port, Ledger ledger, int postOf, int pauseMillis) {
    this.port = port;
    this.ledger = ledger;
    this.postOf = postOf;
    this.pauseMillis = pauseMillis;
  }

  /// Sends them all.
  ///
  /// @param meanwhile is told the number of each request before it is sent
  void run(int callers, int requestsEach, IntConsumer meanwhile) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int number = i;
        all.add(
            () -> {
              call(number, requestsEach, meanwhile);
              return null;
            });
      }
      for (Future<Void> each : threads.invokeAll(all)) {
        each.get();
      }
    }
  }

  private void call(int number, int requests, IntConsumer meanwhile) throws Exception {
    try (Caller caller = Caller.over(1 + number % 2, port)) {
      for (int i = 1; i <= requests; i++) {
        meanwhile.accept(sent.incrementAndGet());
        boolean post = postOf > 0 && i % postOf == 0;
        String id = number + "-" + i;
        ledger.done(id, !post, caller.call(post ? "POST" : "GET", id));
        if (pauseMillis > 0) {
          Thread.sleep(ThreadLocalRandom.current().nextInt(pauseMillis));
        }
      }
    }
  }
}
