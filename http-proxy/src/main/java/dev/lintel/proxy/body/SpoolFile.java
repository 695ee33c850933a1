package dev.lintel.proxy.body;

import dev.lintel.proxy.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// A body in a temporary file: written piece by piece, then read as often as it takes. Its methods
/// are called on its loop, where the listener is told as well; the disk is another thread's affair,
/// and one thing is done at a time.
public final class SpoolFile {
  private static final int READ = 64 * 1024;

  /// Whose body it is.
  public interface Listener {
    /// All that was appended so far is stored.
    void onStored();

    /// What was asked for, in the callee's ownership.
    void onRead(ByteBuf piece);

    /// The disk is full or broken: the body is lost.
    void onFault();
  }

  private final Spool spool;
  private final Loop loop;
  private final Listener listener;
  private List<ByteBuf> waiting = new ArrayList<>();
  private int waitingBytes;
  private long length;
  private boolean busy;
  private boolean closed;
  private boolean faulty;

  // The worker's, one after another.
  private @Nullable FileChannel channel;
  private long written;
  private long reserved;

  SpoolFile(Spool spool, Loop loop, Listener listener) {
    this.spool = spool;
    this.loop = loop;
    this.listener = listener;
  }

  /// Bytes that were appended.
  public long length() {
    return length;
  }

  /// Bytes that are still in memory.
  public int waitingBytes() {
    return waitingBytes;
  }

  /// Whether all that was appended is stored.
  public boolean isStored() {
    return !busy && waiting.isEmpty();
  }

  /// Stores a piece, behind those before it.
  public void append(ByteBuf piece) {
    if (closed || faulty || !piece.isReadable()) {
      piece.release();
      return;
    }
    int bytes = piece.readableBytes();
    length += bytes;
    waitingBytes += bytes;
    waiting.add(piece);
    if (!busy) {
      store();
    }
  }

  private void store() {
    busy = true;
    List<ByteBuf> pieces = waiting;
    waiting = new ArrayList<>();
    run(() -> write(pieces));
  }

  /// Asks for what stands at `at`, up to 64 KiB of it. Once all is stored, one at a time.
  public void read(long at) {
    busy = true;
    int bytes = (int) Math.min(READ, length - at);
    run(() -> read(at, bytes));
  }

  private void run(Runnable work) {
    try {
      spool.run(work);
    } catch (RejectedExecutionException e) {
      // The process ends.
      busy = false;
      faulty = true;
    }
  }

  /// The file is not needed any more.
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    if (!busy) {
      run(this::remove);
    }
  }

  // ------------------------------------------------------------------ the worker's side

  private void write(List<ByteBuf> pieces) {
    int bytes = 0;
    IOException fault = null;
    try {
      for (ByteBuf piece : pieces) {
        int left = piece.readableBytes();
        bytes += left;
        spool.reserve(left);
        reserved += left;
        FileChannel to = open();
        while (left > 0) {
          int count = piece.readBytes(to, written, left);
          written += count;
          left -= count;
        }
      }
    } catch (IOException e) {
      fault = e;
    } finally {
      pieces.forEach(ByteBuf::release);
    }
    tell(bytes, null, fault);
  }

  private FileChannel open() throws IOException {
    FileChannel file = channel;
    if (file == null) {
      file = spool.create();
      channel = file;
    }
    return file;
  }

  private void read(long at, int bytes) {
    ByteBuf piece = loop.allocator().directBuffer(bytes);
    try {
      FileChannel from = open();
      while (piece.readableBytes() < bytes) {
        int done = piece.readableBytes();
        if (piece.writeBytes(from, at + done, bytes - done) < 0) {
          throw new IOException("a stored body is shorter than it was");
        }
      }
      tell(0, piece, null);
    } catch (IOException e) {
      piece.release();
      tell(0, null, e);
    }
  }

  /// Gives room and file back.
  private void remove() {
    spool.giveBack(reserved);
    reserved = 0;
    FileChannel file = channel;
    channel = null;
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        spool.tell(e);
      }
    }
  }

  private void tell(int stored, @Nullable ByteBuf piece, @Nullable IOException fault) {
    try {
      loop.eventLoop().execute(() -> told(stored, piece, fault));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and nobody waits any more.
      if (piece != null) {
        piece.release();
      }
      remove();
    }
  }

  // ------------------------------------------------------------------ back on the loop

  private void told(int stored, @Nullable ByteBuf piece, @Nullable IOException fault) {
    busy = false;
    waitingBytes -= stored;
    if (closed) {
      if (piece != null) {
        piece.release();
      }
      run(this::remove);
      return;
    }
    loop.begin();
    if (fault != null) {
      spool.tell(fault);
      faulty = true;
      listener.onFault();
    } else if (piece != null) {
      listener.onRead(piece);
    } else if (waiting.isEmpty()) {
      listener.onStored();
    } else {
      store();
    }
    loop.end();
  }
}
