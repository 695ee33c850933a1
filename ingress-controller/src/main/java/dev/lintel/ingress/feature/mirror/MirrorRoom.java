package dev.lintel.ingress.feature.mirror;

import dev.lintel.proxy.loop.Loop;
import java.util.Arrays;

/// What copies may take of each loop, whatever routes they are of.
final class MirrorRoom {
  /// What tells it from other live state: there is one.
  record Shape() {}

  /// A loop's part; used on that loop only.
  static final class OfLoop {
    /// Copies at a time.
    static final int MOST_COPIES = 256;

    /// Bytes of their bodies.
    static final int MOST_BYTES = 8 << 20;

    private int copies;
    private int bytes;

    /// Takes the place of one copy; false where there is none left.
    boolean enter() {
      if (copies == MOST_COPIES) {
        return false;
      }
      copies++;
      return true;
    }

    /// Takes so many bytes more; false where there are not so many.
    boolean take(int more) {
      if (bytes + more > MOST_BYTES) {
        return false;
      }
      bytes += more;
      return true;
    }

    /// One copy is over, with so many bytes.
    void leave(int taken) {
      copies--;
      bytes -= taken;
    }
  }

  private volatile OfLoop[] loops = {};

  /// The part of a loop, on which it is called.
  OfLoop of(Loop loop) {
    OfLoop[] present = loops;
    int i = loop.index();
    OfLoop found = i < present.length ? present[i] : null;
    return found == null ? made(i) : found;
  }

  private synchronized OfLoop made(int i) {
    OfLoop[] next = Arrays.copyOf(loops, Math.max(loops.length, i + 1));
    OfLoop made = new OfLoop();
    next[i] = made;
    loops = next;
    return made;
  }
}
