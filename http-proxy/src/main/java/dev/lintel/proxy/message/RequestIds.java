package dev.lintel.proxy.message;

import java.security.SecureRandom;

/// Makes the ids of requests, 32 hexadecimal digits each. One for each event loop.
public final class RequestIds {
  static final int LENGTH = 32;
  private static final int LONGEST = 128;

  private long low;
  private long high;

  /// Begins somewhere nobody can foresee.
  public RequestIds() {
    SecureRandom seed = new SecureRandom();
    low = seed.nextLong();
    high = seed.nextLong() | 1;
  }

  /// Gives `head` its id: the field X-Request-ID where that is 1 to 128 visible ASCII characters
  /// without `"` and `\`, otherwise a new one, or none where the head wants none made.
  public void assign(RequestHead head) {
    int i = head.fields.first(KnownNames.X_REQUEST_ID);
    if (i >= 0 && !head.fields.isRepeated(KnownNames.X_REQUEST_ID)) {
      head.value(i, head.requestId);
      if (isFit(head.requestId)) {
        return;
      }
    }
    if (!head.makesIds) {
      head.requestId.clear();
      return;
    }
    byte[] id = head.ownId();
    put(id, 0, next());
    put(id, 16, next());
    head.requestId.set(id, 0, LENGTH);
  }

  private static boolean isFit(Slice id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      byte b = id.at(i);
      if (b <= 0x20 || b == 0x7f || b == '"' || b == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void put(byte[] out, int at, long bits) {
    for (int i = 0; i < 16; i++) {
      out[at + i] = Octets.HEX[(int) (bits >>> 60 - 4 * i) & 15];
    }
  }

  /// xoroshiro128++ by Blackman and Vigna: ids must differ, they need not be secret.
  private long next() {
    long a = low;
    long b = high;
    long result = Long.rotateLeft(a + b, 17) + a;
    b ^= a;
    low = Long.rotateLeft(a, 49) ^ b ^ b << 21;
    high = Long.rotateLeft(b, 28);
    return result;
  }
}
