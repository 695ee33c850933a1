package dev.lintel.tls;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// What a ClientHello (RFC 8446, 4.1.2) says that Netty does not tell in time: whether the client
/// can speak TLS 1.3, and which ECDSA certificates it takes. Immutable.
final class ClientHello {
  /// What is no hello says nothing.
  static final ClientHello NONE = new ClientHello();

  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int TLS_1_3 = 0x0304;

  /// `ecdsa_secp256r1_sha256`, `ecdsa_secp384r1_sha384`, `ecdsa_secp521r1_sha512`; TLS 1.3 binds
  /// each to its curve.
  private static final int[] ECDSA_SIGNATURES = {0x0403, 0x0503, 0x0603};

  private static final int[] CURVE_BITS = {256, 384, 521};

  /// The suites of TLS 1.2 with ECDSA that BoringSSL knows, and its names for them.
  private static final int[] ECDSA_SUITES = {0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0xc023};

  private static final List<String> ECDSA_NAMES =
      List.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-ECDSA-AES128-SHA",
          "ECDHE-ECDSA-AES256-SHA",
          "ECDHE-ECDSA-AES128-SHA256");

  private boolean tls13;
  private int signatures;
  private int suites;

  private ClientHello() {}

  /// Reads it as far as it goes. The buffer begins with the legacy version and its indices are left
  /// alone.
  static ClientHello read(ByteBuf hello) {
    ClientHello read = new ClientHello();
    int end = hello.writerIndex();
    int at = hello.readerIndex() + VERSION_AND_RANDOM;
    at = skip(hello, at, end, 1); // session id
    int suites = at;
    at = skip(hello, at, end, 2);
    read.suites = found(hello, suites + 2, Math.min(at, end), ECDSA_SUITES);
    at = skip(hello, at, end, 1); // compression methods
    at += 2; // length of the extensions
    while (at + 4 <= end) {
      int type = hello.getUnsignedShort(at);
      int length = hello.getUnsignedShort(at + 2);
      at += 4;
      int until = Math.min(end, at + length);
      if (type == SUPPORTED_VERSIONS) {
        read.tls13 = found(hello, at + 1, until, TLS_1_3) != 0;
      } else if (type == SIGNATURE_ALGORITHMS) {
        read.signatures = found(hello, at + 2, until, ECDSA_SIGNATURES);
      }
      at += length;
    }
    return read;
  }

  /// Whether the client can speak TLS 1.3 (RFC 8446, 4.2.1).
  boolean offersTls13() {
    return tls13;
  }

  /// Whether the client takes an ECDSA certificate in the version of TLS that will be spoken.
  ///
  /// @param signature the bit of the key's curve, see [#signature]
  /// @param shared the bits of the suites that the server offers, see [#suites]
  boolean takesEcdsa(boolean in13, int signature, int shared) {
    return in13 ? (signatures & signature) != 0 : signatures != 0 && (suites & shared) != 0;
  }

  /// The bit of the signatures that a key on a curve makes in TLS 1.3; 0 where there are none.
  ///
  /// @param curveBits how long the order of the curve is
  static int signature(int curveBits) {
    for (int i = 0; i < CURVE_BITS.length; i++) {
      if (CURVE_BITS[i] == curveBits) {
        return 1 << i;
      }
    }
    return 0;
  }

  /// The bits of the suites with ECDSA among these names.
  static int suites(List<String> ciphers) {
    int bits = 0;
    for (int i = 0; i < ECDSA_SUITES.length; i++) {
      bits |= ciphers.contains(ECDSA_NAMES.get(i)) ? 1 << i : 0;
    }
    return bits;
  }

  /// Which of the codes stand in a list of codes of two bytes, a bit for each.
  private static int found(ByteBuf hello, int from, int end, int... codes) {
    int bits = 0;
    for (int at = from; at + 2 <= end; at += 2) {
      int code = hello.getUnsignedShort(at);
      for (int i = 0; i < codes.length; i++) {
        bits |= codes[i] == code ? 1 << i : 0;
      }
    }
    return bits;
  }

  private static int skip(ByteBuf hello, int at, int end, int lengthBytes) {
    if (at + lengthBytes > end) {
      return end;
    }
    int length = lengthBytes == 1 ? hello.getUnsignedByte(at) : hello.getUnsignedShort(at);
    return at + lengthBytes + length;
  }
}
