package dev.lintel.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// One body on its way through the product, and who has how much of it.
///
/// What its sender has given to the kernel, less what its receiver has taken from it, is either in
/// one of the four sockets between them, and the kernel says how much that is, or in the product.
/// That holds exactly only while nothing moves; then the receiver takes nothing, and what the
/// product has is the most that it ever takes.
final class Passage {
  /// What a sender writes at a time: so much may be in the kernel and not be counted yet.
  static final int PIECE = 4 * 1024;

  final String id;
  final long length;
  private final boolean upload;
  private final int megabytesPerSecond;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private volatile boolean held;
  private volatile int[] clientPorts = {};
  private volatile int[] backendPorts = {};
  private long begin;

  Passage(String id, boolean upload, long length, int megabytesPerSecond) {
    this.id = id;
    this.upload = upload;
    this.length = length;
    this.megabytesPerSecond = megabytesPerSecond;
  }

  boolean isUpload() {
    return upload;
  }

  /// The connection of the client is between these ports.
  void client(int one, int other) {
    clientPorts = new int[] {one, other};
  }

  /// That of the backend between these.
  void backend(int one, int other) {
    backendPorts = new int[] {one, other};
  }

  void sent(int bytes) {
    sent.addAndGet(bytes);
  }

  /// Counts what the receiver has taken, and holds it up as it is slow.
  void received(int bytes) throws InterruptedException {
    long now = System.nanoTime();
    if (received.get() == 0) {
      begin = now;
    }
    long all = received.addAndGet(bytes);
    long due = begin + all * 1_000 / megabytesPerSecond;
    if (due > now) {
      Thread.sleep((due - now) / 1_000_000, (int) ((due - now) % 1_000_000));
    }
    while (held) {
      Thread.sleep(5);
      // A receiver that was held up does not hurry afterwards.
      begin = System.nanoTime() - all * 1_000 / megabytesPerSecond;
    }
  }

  long received() {
    return received.get();
  }

  /// The receiver takes nothing any more, or again.
  void hold(boolean on) {
    held = on;
  }

  /// The client is content, or not.
  void end(Throwable failure) {
    if (failure == null) {
      over.complete(null);
    } else {
      over.completeExceptionally(failure);
    }
  }

  CompletableFuture<Void> over() {
    return over;
  }

  /// How many bytes of it are in the product, at the most.
  long inProduct() throws IOException {
    return sent.get() + PIECE - received.get() - queued(clientPorts) - queued(backendPorts);
  }

  /// The bytes that wait in both sockets of a connection on this machine: those that were not
  /// acknowledged and those that were not read.
  private static long queued(int[] ports) throws IOException {
    String one = "%04X".formatted(ports[0]);
    String other = "%04X".formatted(ports[1]);
    long bytes = 0;
    for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+");
        String local = columns[1].substring(columns[1].indexOf(':') + 1);
        String remote = columns[2].substring(columns[2].indexOf(':') + 1);
        if (local.equals(one) && remote.equals(other)
            || local.equals(other) && remote.equals(one)) {
          String[] queues = columns[4].split(":");
          bytes += Long.parseLong(queues[0], 16) + Long.parseLong(queues[1], 16);
        }
      }
    }
    return bytes;
  }
}
