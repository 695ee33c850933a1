package dev.lintel.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// Another host of the same proxy, with a backend of its own that is well, and its clients over
/// TLS: 50 requests a second, from which one sees what it has of the trouble of others.
final class Neighbour implements AutoCloseable {
  static final String HOST = "b.test";
  private static final int CLIENTS = 5;
  private static final int EVERY_MILLIS = 100;

  private record Answer(long at, long nanos) {}

  private final Backend backend = Backend.saying("well");
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  /// Begins.
  Neighbour(TestProxy proxy) throws Exception {
    proxy.beside(HOST, backend.endpoint());
    for (int i = 0; i < CLIENTS; i++) {
      threads.add(Thread.ofVirtual().start(() -> run(proxy)));
    }
  }

  private void run(TestProxy proxy) {
    try {
      long due = System.nanoTime();
      while (!over) {
        due = session(proxy, due);
      }
    } catch (Exception e) {
      failures.add(e.toString());
    }
  }

  /// Sends requests over one connection, until it is at its end as the proxy says.
  ///
  /// @return when the next one is due
  private long session(TestProxy proxy, long first) throws Exception {
    long due = first;
    try (TestClient client = new TestClient(TlsIT.connect(proxy, HOST, "http/1.1"))) {
      boolean last = false;
      while (!over && !last) {
        TestClient.Response response = client.get(HOST, "/");
        answers.add(new Answer(due, System.nanoTime() - due));
        if (response.status() != 200) {
          failures.add(response.head());
        }
        last = response.has("connection: close");
        due += TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      }
    }
    return due;
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /// The time that 99 of 100 requests did not take that were due between these, in milliseconds.
  double p99(long from, long to) {
    List<Long> sorted =
        answers.stream()
            .filter(answer -> answer.at() - from >= 0 && answer.at() - to < 0)
            .map(Answer::nanos)
            .sorted()
            .toList();
    return sorted.get((sorted.size() - 1) * 99 / 100) / 1e6;
  }

  @Override
  public void close() throws Exception {
    over = true;
    for (Thread each : threads) {
      each.join();
    }
    backend.close();
  }
}
