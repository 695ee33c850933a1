package dev.lintel.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bodies of any length through the product, in both directions and at the same time, where the
/// side that takes them is slow and stops now and then: a slow backend for uploads, a slow client
/// for downloads.
class LargeBodiesSlowIT {
  private static final int MEGABYTES_PER_SECOND = 20;
  private static final long LENGTH = Extent.of(96, 1_024) * 1024L * 1024;
  private static final int STOPS = Extent.of(3, 8);
  private static final int MOST_BYTES = 128 * 1024;

  private record Way(String name, int version, boolean upload) {}

  private static final List<Way> WAYS =
      List.of(
          new Way("http1-up", 1, true),
          new Way("http1-down", 1, false),
          new Way("http2-up", 2, true),
          new Way("http2-down", 2, false));

  @Test
  void theProductHoldsLittleOfThem(@TempDir Path folder) throws Exception {
    Map<String, Passage> passages = new TreeMap<>();
    for (Way way : WAYS) {
      passages.put(way.name(), new Passage(way.name(), way.upload(), LENGTH, MEGABYTES_PER_SECOND));
    }
    try (BodyBackend backend = new BodyBackend(passages);
        Served lintel = new Served(folder, backend.port());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long before = lintel.residentBytes();
      AtomicLong peak = new AtomicLong(before);
      Thread watch = Thread.ofPlatform().daemon().start(() -> watch(lintel, peak));
      List<Callable<List<Long>>> all = new ArrayList<>();
      for (Way way : WAYS) {
        Passage passage = passages.get(way.name());
        all.add(
            () -> {
              BodyClient.start(passage, way.version(), way.upload(), lintel.httpPort());
              return measure(passage);
            });
      }
      long begin = System.nanoTime();
      List<Future<List<Long>>> measured = threads.invokeAll(all);
      double seconds = (System.nanoTime() - begin) / 1e9;
      watch.interrupt();
      watch.join();
      for (int i = 0; i < WAYS.size(); i++) {
        List<Long> bytes = measured.get(i).get();
        System.out.printf(
            "%s: %d MiB; in the product while its receiver had stopped: %s bytes%n",
            WAYS.get(i).name(), LENGTH >> 20, bytes);
        assertThat(bytes)
            .as(WAYS.get(i).name())
            .hasSize(STOPS)
            .allMatch(each -> each >= 0 && each <= MOST_BYTES);
      }
      System.out.printf(
          "all four at once in %.0f s; resident memory %d MiB before, %d MiB at the most%n",
          seconds, before >> 20, peak.get() >> 20);
    }
  }

  /// Stops the receiver so many times and asks what the product has.
  private static List<Long> measure(Passage passage) throws Exception {
    List<Long> bytes = new ArrayList<>();
    for (int stop = 1; stop <= STOPS; stop++) {
      long at = passage.length / (STOPS + 1) * stop;
      while (passage.received() < at && !passage.over().isDone()) {
        Thread.sleep(5);
      }
      if (passage.over().isDone()) {
        break;
      }
      passage.hold(true);
      bytes.add(settled(passage));
      passage.hold(false);
    }
    passage.over().get(3, TimeUnit.MINUTES);
    return bytes;
  }

  /// What is there once nothing moves.
  private static long settled(Passage passage) throws Exception {
    Thread.sleep(500);
    long last = passage.inProduct();
    for (int equal = 0; equal < 3; ) {
      Thread.sleep(150);
      long now = passage.inProduct();
      equal = now == last ? equal + 1 : 0;
      last = now;
    }
    return last;
  }

  private static void watch(Served lintel, AtomicLong peak) {
    try {
      while (true) {
        peak.accumulateAndGet(lintel.residentBytes(), Math::max);
        Thread.sleep(50);
      }
    } catch (java.io.IOException | InterruptedException _) {
      // over
    }
  }
}
