package dev.lintel.proxy.route;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An immutable map from byte strings to `V`, asked with a part of an array and its hash, so that
/// nothing is copied and one walk over a text asks for each of its beginnings.
final class ByteKeys<V> {
  private final byte[][] keys;
  private final int[] hashes;
  private final @Nullable Object[] values;
  private final int mask;

  /// `keys[i]` leads to `values.get(i)`; keys differ.
  ByteKeys(byte[][] keys, Object[] values) {
    int capacity = Integer.highestOneBit(Math.max(1, keys.length) * 4 - 1);
    this.keys = new byte[capacity][];
    this.hashes = new int[capacity];
    this.values = new Object[capacity];
    this.mask = capacity - 1;
    for (int i = 0; i < keys.length; i++) {
      int hash = hash(keys[i], 0, keys[i].length);
      int slot = slot(hash);
      while (this.values[slot] != null) {
        slot = slot + 1 & mask;
      }
      this.keys[slot] = keys[i];
      this.hashes[slot] = hash;
      this.values[slot] = values[i];
    }
  }

  /// One more byte of a text whose hash so far is `hash`; the empty text has 0.
  static int hash(int hash, byte b) {
    return hash * 31 + b;
  }

  static int hash(byte[] b, int offset, int length) {
    int hash = 0;
    for (int i = offset; i < offset + length; i++) {
      hash = hash(hash, b[i]);
    }
    return hash;
  }

  private int slot(int hash) {
    int mixed = hash * 0x9e3779b9;
    return (mixed ^ mixed >>> 15) & mask;
  }

  /// The value of `[offset, offset + length)`, whose hash is `hash`; null where there is none.
  @SuppressWarnings("unchecked") // only V is put in
  @Nullable V find(byte[] b, int offset, int length, int hash) {
    int slot = slot(hash);
    while (true) {
      Object value = values[slot];
      if (value == null) {
        return null;
      }
      if (hashes[slot] == hash) {
        byte[] key = keys[slot];
        if (key.length == length && Arrays.equals(key, 0, length, b, offset, offset + length)) {
          return (V) value;
        }
      }
      slot = slot + 1 & mask;
    }
  }
}
