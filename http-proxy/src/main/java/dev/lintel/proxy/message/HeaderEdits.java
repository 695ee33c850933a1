package dev.lintel.proxy.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is changed about a head's fields while it is forwarded: fields set (in place of any of that
/// name), added and removed. Reused for one message after another.
public final class HeaderEdits {
  private HeaderName[] names = new HeaderName[8];
  private byte[] @Nullable [] values = new byte[8][];
  private int count;
  private long known;
  private boolean other;
  private int size;

  /// No change.
  public HeaderEdits() {}

  /// Forgets all changes.
  public void clear() {
    if (count > 0) {
      Arrays.fill(values, 0, count, null);
      count = 0;
      known = 0;
      other = false;
      size = 0;
    }
  }

  /// Puts one field in place of all fields of this name. The value is kept as it is: no CR, LF or
  /// NUL may be in it, and nobody may change it before the head is written.
  public void set(HeaderName name, byte[] value) {
    remove(name);
    add(name, value);
  }

  /// Adds a field beside those of this name; see [#set] for the value.
  public void add(HeaderName name, byte[] value) {
    put(name, value);
    size += name.lower().length + value.length + 4;
  }

  /// Leaves out all fields of this name, those set or added before included.
  public void remove(HeaderName name) {
    for (int i = 0; i < count; i++) {
      if (values[i] != null && names[i].isSame(name)) {
        values[i] = null;
      }
    }
    put(name, null);
    if (name.id() < KnownNames.SLOTS) {
      known |= KnownNames.bit(name.id());
    } else {
      other = true;
    }
  }

  private void put(HeaderName name, byte @Nullable [] value) {
    if (count == names.length) {
      names = Arrays.copyOf(names, count * 2);
      values = Arrays.copyOf(values, count * 2);
    }
    names[count] = name;
    values[count++] = value;
  }

  /// The value this name was last set or added with, or null.
  public byte @Nullable [] value(HeaderName name) {
    for (int i = count - 1; i >= 0; i--) {
      if (values[i] != null && names[i].isSame(name)) {
        return values[i];
      }
    }
    return null;
  }

  /// Whether fields of this name that came with the head are left out.
  public boolean removes(HeaderName name) {
    for (int i = 0; i < count; i++) {
      if (values[i] == null && names[i].isSame(name)) {
        return true;
      }
    }
    return false;
  }

  /// Numbers of the names whose own fields are left out.
  long known() {
    return known;
  }

  /// Whether field `i`, whose number tells nothing, is left out.
  boolean hides(FieldIndex fields, int i) {
    if (!other) {
      return false;
    }
    for (int k = 0; k < count; k++) {
      if (values[k] == null && fields.isNamed(i, names[k])) {
        return true;
      }
    }
    return false;
  }

  /// No more bytes than this are written by [#write].
  int size() {
    return size;
  }

  /// Number of changes; those without a value are removals.
  int count() {
    return count;
  }

  HeaderName name(int i) {
    return names[i];
  }

  byte @Nullable [] value(int i) {
    return values[i];
  }

  /// Writes the fields that were set or added as HTTP/1.1 lines; returns the index behind them.
  int write(byte[] out, int at) {
    int p = at;
    for (int i = 0; i < count; i++) {
      byte[] value = values[i];
      if (value != null) {
        p = Octets.put(out, p, names[i].canonical());
        out[p++] = ':';
        out[p++] = ' ';
        p = Octets.put(out, p, value);
        out[p++] = '\r';
        out[p++] = '\n';
      }
    }
    return p;
  }
}
