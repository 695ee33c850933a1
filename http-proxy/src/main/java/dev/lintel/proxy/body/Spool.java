package dev.lintel.proxy.body;

import dev.lintel.proxy.loop.Loop;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where bodies of requests lie that are read whole and are too long for memory: temporary files in
/// one directory, with a bound for all of them together. One for the process.
///
/// A file loses its name as soon as it is open, so that it is gone whatever becomes of the request
/// or the process. Disks are written and read by two threads of its own, which come with the first
/// file and go when nothing is to be done: a disk may block for seconds while it writes back, and
/// an event loop that waited for it would hold up everybody. A request waits for its own disk only,
/// with no more than a few reads of its socket in memory.
public final class Spool implements AutoCloseable {
  /// What all files may hold together where nothing else is said.
  public static final long USUAL_BYTES = 900L << 20;

  private static final int THREADS = 2;
  private static final int REST_SECONDS = 10;

  private final Path directory;
  private final long most;
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
  private static final long NANOS_PER_MINUTE = 60_000_000_000L;

  private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - NANOS_PER_MINUTE);
  private final AtomicLong used = new AtomicLong();
  private final ThreadPoolExecutor workers;

  /// @param directory exists and can be written to, or else nothing can be stored
  /// @param most bytes of all files together
  public Spool(Path directory, long most) {
    this.directory = directory;
    this.most = most;
    workers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            REST_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("body-spool-", 0).factory());
    workers.allowCoreThreadTimeOut(true);
  }

  /// In the directory for temporary files.
  public static Spool usual() {
    return new Spool(usualDirectory(), USUAL_BYTES);
  }

  /// The directory for temporary files.
  public static Path usualDirectory() {
    return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
  }

  /// A file for one body; nothing is made before something is appended. Closed by its user.
  public SpoolFile newFile(Loop loop, SpoolFile.Listener listener) {
    return new SpoolFile(this, loop, listener);
  }

  /// Bytes that all files hold now.
  public long used() {
    return used.get();
  }

  void run(Runnable work) {
    workers.execute(work);
  }

  /// Takes room for so many bytes more.
  ///
  /// @throws IOException where there is none
  void reserve(long bytes) throws IOException {
    if (used.addAndGet(bytes) > most) {
      used.addAndGet(-bytes);
      throw new IOException("all stored bodies together hold as much as they may");
    }
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  /// Logs that something could not be stored, once a minute.
  void tell(IOException fault) {
    long now = System.nanoTime();
    long last = toldAt.get();
    if (now - last >= NANOS_PER_MINUTE && toldAt.compareAndSet(last, now)) {
      LOG.warn("bodies of requests cannot be stored in {}: {}", directory, fault.toString());
    }
  }

  FileChannel create() throws IOException {
    long number = ThreadLocalRandom.current().nextLong();
    return FileChannel.open(
        directory.resolve("body-" + Long.toHexString(number)),
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  /// Stores nothing more. What is under way ends.
  @Override
  public void close() {
    workers.shutdown();
  }
}
