package dev.lintel.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where the fields of one head lie in the array it was scanned from. Fields stand behind one
/// another without a gap, so a run of them is copied at once.
final class FieldIndex {
  static final int MOST_FIELDS = 256;

  private static final int NAME = 0;
  private static final int NAME_END = 1;
  private static final int VALUE = 2;
  private static final int VALUE_END = 3;
  private static final int STRIDE = 4;
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int[] ranges = new int[24 * STRIDE];
  private byte[] ids = new byte[24];
  private final short[] slots = new short[KnownNames.SLOTS];
  private int count;
  private int end;
  private long present;
  private long repeated;

  void begin(byte[] bytes) {
    this.bytes = bytes;
    count = 0;
    end = 0;
    present = 0;
    repeated = 0;
  }

  /// Adds a field; false where there are too many.
  boolean add(int name, int nameEnd, int value, int valueEnd, int id) {
    int i = count;
    if (i == ids.length && !grow()) {
      return false;
    }
    int at = i * STRIDE;
    int[] r = ranges;
    r[at + NAME] = name;
    r[at + NAME_END] = nameEnd;
    r[at + VALUE] = value;
    r[at + VALUE_END] = valueEnd;
    ids[i] = (byte) id;
    long bit = 1L << id;
    if ((present & bit) != 0) {
      repeated |= bit;
    } else {
      present |= bit;
      if (id < slots.length) {
        slots[id] = (short) i;
      }
    }
    count = i + 1;
    return true;
  }

  private boolean grow() {
    if (count >= MOST_FIELDS) {
      return false;
    }
    int more = Math.min(MOST_FIELDS, count * 3);
    ranges = Arrays.copyOf(ranges, more * STRIDE);
    ids = Arrays.copyOf(ids, more);
    return true;
  }

  /// Says where the last field's line ends: the index of the empty line.
  void end(int index) {
    end = index;
  }

  /// Moves into an array where everything lies `back` bytes nearer to the start.
  void move(byte[] to, int back) {
    bytes = to;
    if (back == 0) {
      return;
    }
    end -= back;
    for (int i = 0; i < count * STRIDE; i++) {
      ranges[i] -= back;
    }
  }

  byte[] bytes() {
    return bytes;
  }

  int count() {
    return count;
  }

  int id(int i) {
    return ids[i];
  }

  int name(int i) {
    return ranges[i * STRIDE + NAME];
  }

  int nameEnd(int i) {
    return ranges[i * STRIDE + NAME_END];
  }

  int value(int i) {
    return ranges[i * STRIDE + VALUE];
  }

  int valueEnd(int i) {
    return ranges[i * STRIDE + VALUE_END];
  }

  /// Index behind the line of field `i`.
  int lineEnd(int i) {
    return i + 1 < count ? name(i + 1) : end;
  }

  /// Whether a field of this number is there. For [KnownNames#OTHER] and the families as well.
  boolean has(int id) {
    return (present >>> id & 1) != 0;
  }

  boolean isRepeated(int id) {
    return (repeated >>> id & 1) != 0;
  }

  /// The first field of this number, which has a slot; -1 where there is none.
  int first(int id) {
    return has(id) ? slots[id] : -1;
  }

  int find(HeaderName name) {
    int id = name.id();
    return id < KnownNames.SLOTS ? first(id) : search(name, 0);
  }

  /// The next field of this name behind `i`, or -1.
  int next(HeaderName name, int i) {
    int id = name.id();
    return id == KnownNames.OTHER || isRepeated(id) ? search(name, i + 1) : -1;
  }

  private int search(HeaderName name, int from) {
    for (int i = from; i < count; i++) {
      if (ids[i] == name.id()) {
        int at = i * STRIDE;
        if (name.matches(bytes, ranges[at + NAME], ranges[at + NAME_END] - ranges[at + NAME])) {
          return i;
        }
      }
    }
    return -1;
  }

  boolean isNamed(int i, HeaderName name) {
    return name.matches(bytes, name(i), nameEnd(i) - name(i));
  }

  /// Makes the fields of this name invisible to everybody; `[offset, offset + length)` of `b`, a
  /// token.
  void drop(byte[] b, int offset, int length) {
    for (int i = 0; i < count; i++) {
      int name = name(i);
      if (nameEnd(i) - name == length && sameName(b, offset, name, length)) {
        present &= ids[i] < KnownNames.SLOTS ? ~(1L << ids[i]) : -1L;
        ids[i] = KnownNames.DROPPED;
      }
    }
  }

  private boolean sameName(byte[] b, int offset, int name, int length) {
    for (int i = 0; i < length; i++) {
      if (Octets.lower(b[offset + i]) != Octets.lower(bytes[name + i])) {
        return false;
      }
    }
    return true;
  }

  @Nullable String text(HeaderName name) {
    int i = find(name);
    return i < 0
        ? null
        : new String(bytes, value(i), valueEnd(i) - value(i), StandardCharsets.ISO_8859_1);
  }
}
