package dev.lintel.proxy.upstream.balance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// The keys by which cookies name endpoints: the MD5 of the upstream's name and the endpoint's, so
/// that a client learns no address, and every replica, before and after a restart, knows each
/// other's keys (ingress-nginx's scheme). Immutable.
public final class EndpointKeys {
  private final byte[][] keys;

  /// Open addressing: index + 1 of a key, 0 for nothing.
  private final int[] slots;

  private EndpointKeys(byte[][] keys, int[] slots) {
    this.keys = keys;
    this.slots = slots;
  }

  /// The keys of these endpoints.
  ///
  /// @param upstream its name
  static EndpointKeys of(String upstream, List<String> names) {
    byte[][] keys = new byte[names.size()][];
    int[] slots = new int[Math.max(4, Integer.highestOneBit(names.size()) * 4)];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = md5(upstream + names.get(i));
      int slot = slot(keys[i], 0, keys[i].length, slots.length);
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = i + 1;
    }
    return new EndpointKeys(keys, slots);
  }

  /// What a cookie says of its upstream: the MD5 of the MD5 of its name, and its name.
  public static byte[] mark(String upstream) {
    return md5(new String(md5(upstream), StandardCharsets.US_ASCII) + upstream);
  }

  /// The index of the endpoint of this key, or -1.
  int find(byte[] bytes, int offset, int length) {
    int slot = slot(bytes, offset, length, slots.length);
    while (slots[slot] != 0) {
      byte[] key = keys[slots[slot] - 1];
      if (Arrays.equals(key, 0, key.length, bytes, offset, offset + length)) {
        return slots[slot] - 1;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }

  /// The key of endpoint `index`; not to be changed.
  byte[] key(int index) {
    return keys[index];
  }

  private static int slot(byte[] bytes, int offset, int length, int count) {
    return Crc32.of(bytes, offset, length) & count - 1;
  }

  /// In hexadecimal digits.
  private static byte[] md5(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(sum).getBytes(StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
