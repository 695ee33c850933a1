package dev.lintel.proxy.upstream.balance;

/// The CRC-32 of zip (polynomial 0xEDB88320, reflected), without an object for each sum.
final class Crc32 {
  private static final int POLYNOMIAL = 0xEDB88320;
  private static final int[] TABLE = new int[256];

  static {
    for (int b = 0; b < TABLE.length; b++) {
      int sum = b;
      for (int bit = 0; bit < 8; bit++) {
        sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ POLYNOMIAL;
      }
      TABLE[b] = sum;
    }
  }

  private Crc32() {}

  static int of(byte[] bytes, int offset, int length) {
    int sum = -1;
    for (int i = offset; i < offset + length; i++) {
      sum = TABLE[(sum ^ bytes[i]) & 0xff] ^ sum >>> 8;
    }
    return ~sum;
  }

  /// Goes on from a sum that is already complete with the four bytes of a number, the lowest first:
  /// not what CRC-32 does with more bytes, but what the points of a ring are made by.
  static int chained(int from, int number) {
    int sum = from;
    for (int shift = 0; shift < Integer.SIZE; shift += 8) {
      sum = TABLE[(sum ^ number >>> shift) & 0xff] ^ sum >>> 8;
    }
    return ~sum;
  }
}
