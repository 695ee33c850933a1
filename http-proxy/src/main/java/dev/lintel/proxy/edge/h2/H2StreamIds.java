package dev.lintel.proxy.edge.h2;

/// What became of the streams that a client opened last, for frames that come when the stream
/// itself is gone: whether it was opened at all, whether the client had ended it, and whether it is
/// we who reset it, so that what was under way is no fault of the client.
final class H2StreamIds {
  private static final int REMEMBERED = 512;
  private static final int MASK = REMEMBERED - 1;

  private final long[] opened = new long[REMEMBERED / Long.SIZE];
  private final long[] ended = new long[REMEMBERED / Long.SIZE];
  private final long[] dropped = new long[REMEMBERED / Long.SIZE];
  private int highest = -1;

  /// Whether no stream of this number, or a later one, was opened.
  boolean isNew(int id) {
    return id > highest;
  }

  void open(int id) {
    // Those in between can never be opened any more (RFC 9113 5.1.1).
    int from = Math.max(highest >> 1, (id >> 1) - REMEMBERED);
    for (int each = from + 1; each <= id >> 1; each++) {
      clear(opened, each);
      clear(ended, each);
      clear(dropped, each);
    }
    highest = id;
    set(opened, id);
  }

  /// The client sends nothing more on it.
  void end(int id) {
    set(ended, id);
  }

  /// We reset it.
  void drop(int id) {
    if (isRemembered(id)) {
      set(dropped, id);
    }
  }

  /// Whether the fate of this stream is still known. The connection itself, 0, and other numbers
  /// that no client may use have none.
  boolean isRemembered(int id) {
    return isOfClient(id) && id <= highest && id >> 1 > (highest >> 1) - REMEMBERED;
  }

  /// Whether nothing but HEADERS and PRIORITY may come for a stream of this number.
  boolean isIdle(int id) {
    return !isOfClient(id) || isNew(id);
  }

  private static boolean isOfClient(int id) {
    return (id & 1) != 0;
  }

  boolean wasOpened(int id) {
    return isRemembered(id) && has(opened, id);
  }

  boolean isEnded(int id) {
    return isRemembered(id) && has(ended, id);
  }

  boolean isDropped(int id) {
    return isRemembered(id) && has(dropped, id);
  }

  private static void set(long[] bits, int id) {
    int place = id >> 1 & MASK;
    bits[place / Long.SIZE] |= 1L << place;
  }

  private static boolean has(long[] bits, int id) {
    int place = id >> 1 & MASK;
    return (bits[place / Long.SIZE] & 1L << place) != 0;
  }

  private static void clear(long[] bits, int half) {
    int place = half & MASK;
    bits[place / Long.SIZE] &= ~(1L << place);
  }
}
