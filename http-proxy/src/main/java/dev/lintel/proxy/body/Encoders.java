package dev.lintel.proxy.body;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The encoders of one loop: used again, and no more of them at a time than memory is meant for.
/// What comes when all of that is in use is not compressed, which every client takes.
public final class Encoders {
  /// What encoders in use hold together: 64 of gzip, or 20 of the others.
  static final int MOST_BYTES = 20 * 1024 * 1024;

  /// What those that wait for their next body hold: 8 of gzip.
  private static final int MOST_SPARE_BYTES = MOST_BYTES / 8;

  private final Deque<Encoder> spare = new ArrayDeque<>();
  private int usedBytes;
  private int spareBytes;

  /// None made yet.
  public Encoders() {}

  /// An encoder for one body, to be given back whatever becomes of that; null where too many are in
  /// use.
  public @Nullable Encoder take(CodingRule rule) {
    Coding coding = rule.coding();
    if (usedBytes + coding.bytes() > MOST_BYTES) {
      return null;
    }
    Encoder encoder = spare(coding, rule.level());
    if (encoder == null) {
      encoder = coding.encoder(rule.level());
    }
    if (!encoder.begin()) {
      encoder.close();
      return null;
    }
    usedBytes += coding.bytes();
    return encoder;
  }

  private @Nullable Encoder spare(Coding coding, int level) {
    for (Iterator<Encoder> all = spare.iterator(); all.hasNext(); ) {
      Encoder each = all.next();
      if (each.coding() == coding) {
        all.remove();
        spareBytes -= coding.bytes();
        if (each.level() == level) {
          return each;
        }
        // One of a rule that has changed.
        each.close();
      }
    }
    return null;
  }

  /// Takes one back.
  public void giveBack(Encoder encoder) {
    int bytes = encoder.coding().bytes();
    usedBytes -= bytes;
    if (encoder.isReusable() && spareBytes + bytes <= MOST_SPARE_BYTES) {
      spareBytes += bytes;
      spare.addFirst(encoder);
    } else {
      encoder.close();
    }
  }

  /// What those in use hold.
  int usedBytes() {
    return usedBytes;
  }
}
