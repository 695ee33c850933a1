package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.UpstreamSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// What a fault may leave behind in the process while requests go on: files that are open, memory
/// outside of the heap, exceptions in the log. For a test that has the process for itself, without
/// an allocator that keeps memory for later (`make slow-it FULL=1`): its chunks say little of what
/// is in use, and of the few megabytes here one of them is more than the two hundredths allowed.
final class Vitals implements AutoCloseable {
  private static final double TOLERANCE = 1.02;

  /// A minute after the last connection to a backend may be idle.
  private static final long PATIENCE =
      TimeUnit.MILLISECONDS.toNanos(60_000 + UpstreamSettings.DEFAULT.idleMillis());

  private static final int SAMPLES = 40;
  private static final int SAMPLE_MILLIS = 50;

  private final Logger root = Logger.getLogger("");
  private final Queue<String> exceptions = new ConcurrentLinkedQueue<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          if (entry.getThrown() != null) {
            exceptions.add(entry.getMessage() + ": " + entry.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final long files;
  private final long bytes;

  /// As it is now: the most of two seconds.
  Vitals() throws Exception {
    root.addHandler(listener);
    long mostFiles = 0;
    long mostBytes = 0;
    for (int i = 0; i < SAMPLES; i++) {
      mostFiles = Math.max(mostFiles, files());
      mostBytes = Math.max(mostBytes, bytes());
      Thread.sleep(SAMPLE_MILLIS);
    }
    files = mostFiles;
    bytes = mostBytes;
  }

  private static long files() throws Exception {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private static long bytes() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  /// All is as it was, but for two of a hundred, a minute after connections that are idle had their
  /// time.
  void check(String what) throws Exception {
    long begin = System.nanoTime();
    while (!isAsBefore() && System.nanoTime() - begin < PATIENCE) {
      Thread.sleep(SAMPLE_MILLIS);
    }
    System.out.printf(
        "%s: %d open files, %d before; %,d KiB of direct memory, %,d before; after %,d ms%n",
        what,
        files(),
        files,
        bytes() / 1024,
        bytes / 1024,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    assertThat(exceptions).as("exceptions in the log").isEmpty();
    assertThat(System.nanoTime() - begin).as("time to be as before").isLessThan(PATIENCE);
  }

  private boolean isAsBefore() throws Exception {
    return files() <= files * TOLERANCE && bytes() <= bytes * TOLERANCE;
  }

  @Override
  public void close() {
    root.removeHandler(listener);
  }
}
