package dev.lintel.proxy.fuzz;

import java.util.Arrays;

/// The bytes of the fuzzer, read one after the other as decisions; behind the last one all are 0.
final class Script {
  private final byte[] bytes;
  private int at;

  Script(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  /// 0 to 255.
  int next() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  /// 0 to `bound` - 1.
  int below(int bound) {
    return next() % bound;
  }

  /// The next bytes as they are, no more than there are.
  byte[] take(int most) {
    int end = Math.min(bytes.length, at + most);
    byte[] taken = Arrays.copyOfRange(bytes, Math.min(at, end), end);
    at = end;
    return taken;
  }

  int position() {
    return at;
  }

  /// Reads on from an earlier position.
  void back(int position) {
    at = position;
  }
}
