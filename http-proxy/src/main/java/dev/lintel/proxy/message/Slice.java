package dev.lintel.proxy.message;

import java.nio.charset.StandardCharsets;

/// A reusable view of some bytes of an array. The owner moves it; whoever reads it must do so
/// before the owner's next message.
public final class Slice {
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int offset;
  private int length;

  /// A view of nothing.
  public Slice() {}

  /// A view of the whole of `bytes`.
  public static Slice of(byte[] bytes) {
    return new Slice().set(bytes, 0, bytes.length);
  }

  /// A view of the text's ISO-8859-1 bytes.
  public static Slice of(String text) {
    return of(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Moves the view.
  public Slice set(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /// Moves the view to where `other` is.
  public Slice set(Slice other) {
    return set(other.bytes, other.offset, other.length);
  }

  /// Makes the view empty.
  public void clear() {
    set(NOTHING, 0, 0);
  }

  /// The array the view lies in.
  public byte[] bytes() {
    return bytes;
  }

  /// Whether the view lies in this very array.
  @SuppressWarnings("ReferenceEquality") // the place is asked for, not what stands there
  boolean liesIn(byte[] array) {
    return bytes == array;
  }

  /// Index of the first byte.
  public int offset() {
    return offset;
  }

  /// Number of bytes.
  public int length() {
    return length;
  }

  /// Whether there is no byte.
  public boolean isEmpty() {
    return length == 0;
  }

  /// The byte at `index`, counted from the view's start.
  public byte at(int index) {
    return bytes[offset + index];
  }

  /// Whether these bytes are `other`, in the same case.
  public boolean contentEquals(byte[] other) {
    if (length != other.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[offset + i] != other[i]) {
        return false;
      }
    }
    return true;
  }

  /// Whether it begins with these characters, which are in lower case, whatever its own case.
  public boolean startsWithWord(byte[] lower) {
    return length >= lower.length && Octets.isWord(bytes, offset, lower.length, lower);
  }

  /// Copies the bytes to `out` from `at` on and returns the index behind them.
  public int copyTo(byte[] out, int at) {
    System.arraycopy(bytes, offset, out, at, length);
    return at + length;
  }

  /// A copy that nobody moves.
  public byte[] toBytes() {
    byte[] copy = new byte[length];
    System.arraycopy(bytes, offset, copy, 0, length);
    return copy;
  }

  /// The bytes as ISO-8859-1 text. Allocates.
  @Override
  public String toString() {
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }
}
