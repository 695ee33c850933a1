package dev.lintel.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests over TLS that are sent when their time has come, whatever became of those before: 500 a
/// second over HTTP/1.1 and 200 over HTTP/2, one of a hundred a POST of 64 KiB. Beside them
/// WebSockets, over each of which a message goes there and back each second.
final class OpenBarrage extends Barrage {
  private static final int PER_SECOND = 700;
  private static final int FIRST_PER_SECOND = 50;

  /// More than a quarter of them in the time in which a connection comes about or not.
  private static final int MOST_UNDER_WAY = 1_500;

  private static final int HTTP1_OF_7 = 5;
  private static final int POST_OF = 100;
  private static final int POST_BYTES = 64 * 1024;

  /// Connections of each version that are all kept in use, so that nothing has to be set up when
  /// many requests wait; more are made where those do not suffice, and closed after that.
  private static final List<Integer> KEPT = List.of(500, 200);

  /// Those that wait for a request, the one that waits longest first.
  private record Pool(Queue<Caller> idle, AtomicInteger made) {}

  private final TestProxy proxy;
  private final List<Pool> pools =
      List.of(
          new Pool(new ConcurrentLinkedQueue<>(), new AtomicInteger()),
          new Pool(new ConcurrentLinkedQueue<>(), new AtomicInteger()));
  private final List<EchoSocket> sockets = new ArrayList<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final Queue<Exception> errors = new ConcurrentLinkedQueue<>();
  private final Thread clock;
  private volatile boolean over;

  /// Begins.
  OpenBarrage(TestProxy proxy, Ledger ledger, int webSockets) {
    super(ledger);
    this.proxy = proxy;
    for (int i = 0; i < webSockets; i++) {
      sockets.add(new EchoSocket(proxy, i));
    }
    clock = Thread.ofPlatform().start(this::run);
  }

  private void run() {
    long due = System.nanoTime();
    try {
      for (long sent = 0; !over; sent++) {
        // What is new is slow: it comes to its rate by and by.
        due += TimeUnit.SECONDS.toNanos(1) / Math.min(PER_SECOND, FIRST_PER_SECOND + sent / 8);
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        if (underWay.get() > MOST_UNDER_WAY) {
          throw new IllegalStateException("the processor does not suffice for so many requests");
        }
        int number = next();
        underWay.incrementAndGet();
        long when = due;
        Thread.ofVirtual().start(() -> send(number, when));
      }
    } catch (InterruptedException | IllegalStateException e) {
      errors.add(e);
    }
  }

  private void send(int number, long due) {
    int version = number % 7 < HTTP1_OF_7 ? 1 : 2;
    try {
      Caller caller = caller(version);
      fire(caller, number, number % POST_OF == 0, due);
      giveBack(version, caller);
    } catch (IOException | RuntimeException e) {
      errors.add(e);
    } finally {
      underWay.decrementAndGet();
    }
  }

  private Caller caller(int version) {
    Pool pool = pools.get(version - 1);
    Caller unused = pool.made.get() < KEPT.get(version - 1) ? null : pool.idle.poll();
    if (unused != null) {
      return unused;
    }
    pool.made.incrementAndGet();
    String protocol = version == 2 ? "h2" : "http/1.1";
    return Caller.over(version, () -> TlsIT.connect(proxy, "a.test", protocol), POST_BYTES);
  }

  private void giveBack(int version, Caller caller) throws IOException {
    Pool pool = pools.get(version - 1);
    if (pool.made.get() > KEPT.get(version - 1)) {
      pool.made.decrementAndGet();
      caller.close();
    } else {
      pool.idle.add(caller);
    }
  }

  @Override
  void check() {
    if (!errors.isEmpty()) {
      throw new IllegalStateException(
          errors.size() + " requests went wrong, first " + errors.peek(), errors.peek());
    }
  }

  @Override
  List<Integer> cutSockets() {
    return sockets.stream().flatMap(each -> each.cut().stream()).toList();
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    clock.join();
    while (underWay.get() > 0) {
      Thread.sleep(5);
    }
    for (EchoSocket each : sockets) {
      each.close();
    }
    try {
      for (Pool each : pools) {
        for (Caller caller = each.idle.poll(); caller != null; caller = each.idle.poll()) {
          caller.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    check();
  }
}
