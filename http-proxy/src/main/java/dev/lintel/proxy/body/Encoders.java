package dev.lintel.proxy.body;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The encoders of one loop: used again, and no more of them at a time than memory is meant for.
/// What comes when all are in use is not compressed, which every client takes.
public final class Encoders {
  /// Bodies that are compressed at a time: 64 of them hold about 20 MiB.
  static final int MOST = 64;

  private static final int MOST_SPARE = 8;

  private final Deque<GzipEncoder> spare = new ArrayDeque<>();
  private int used;

  /// None made yet.
  public Encoders() {}

  /// An encoder for one body, to be given back whatever becomes of that; null where too many are in
  /// use.
  ///
  /// @param level of zlib
  public @Nullable GzipEncoder take(int level) {
    if (used == MOST) {
      return null;
    }
    used++;
    GzipEncoder encoder = spare.pollFirst();
    if (encoder != null && encoder.level() != level) {
      // One of a rule that has changed.
      encoder.close();
      encoder = null;
    }
    if (encoder == null) {
      encoder = new GzipEncoder(level);
    }
    encoder.begin();
    return encoder;
  }

  /// Takes one back.
  public void giveBack(GzipEncoder encoder) {
    used--;
    if (spare.size() < MOST_SPARE) {
      spare.addFirst(encoder);
    } else {
      encoder.close();
    }
  }

  /// How many are in use.
  int used() {
    return used;
  }
}
