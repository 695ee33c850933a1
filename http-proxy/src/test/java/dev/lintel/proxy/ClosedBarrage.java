package dev.lintel.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Clients that send one request after another, half of them over HTTP/1.1 and half over HTTP/2,
/// one request of twenty a POST.
final class ClosedBarrage extends Barrage {
  private static final int CLIENTS = 16;
  private static final int POST_OF = 20;

  /// Several at once leave each other some of the two cores.
  private static final int MOST_PAUSE = 100;

  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  /// Begins.
  ClosedBarrage(TestProxy proxy, Ledger ledger) {
    super(ledger);
    for (int i = 0; i < CLIENTS; i++) {
      int version = 1 + i % 2;
      threads.add(Thread.ofVirtual().start(() -> run(version, proxy.server.httpPort())));
    }
  }

  private void run(int version, int port) {
    try (Caller caller = Caller.over(version, port)) {
      while (!over) {
        int number = next();
        fire(caller, number, number % POST_OF == 0, System.nanoTime());
        Thread.sleep(ThreadLocalRandom.current().nextInt(MOST_PAUSE));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  void check() {}

  @Override
  List<Integer> cutSockets() {
    return List.of();
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread each : threads) {
      each.join();
    }
  }
}
