package dev.lintel.corpus.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The hello of a client of TLS 1.3 that speaks HTTP/1.1, one cipher and one group (RFC 8446, 4.1.2
/// and 4.2).
final class Tls13Hello {
  static final int AES_128_GCM_SHA256 = 0x1301;
  static final int ECDSA_SHA256 = 0x0403;

  static final int ALPN = 16;
  static final int PRE_SHARED_KEY = 41;
  static final int EARLY_DATA = 42;
  static final int KEY_SHARE = 51;

  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_NAME = 0;
  private static final int GROUPS = 10;
  private static final int SIGNATURES = 13;
  private static final int VERSIONS = 43;
  private static final int KEY_MODES = 45;

  private static final int X25519 = 0x1d;
  private static final int RSA_PSS_SHA256 = 0x0804;
  private static final int TLS_12 = 0x0303;
  private static final int TLS_13 = 0x0304;
  private static final int BINDERS = 2 + 1 + TlsSecrets.LENGTH;

  /// What stands before the bytes of a key in its encoded form.
  private static final byte[] KEY = HexFormat.of().parseHex("302a300506032b656e032100");

  private Tls13Hello() {}

  /// The key of the other side.
  static PublicKey key(byte[] share) throws GeneralSecurityException {
    return KeyFactory.getInstance("X25519")
        .generatePublic(new X509EncodedKeySpec(Octets.of(KEY, share)));
  }

  /// The message.
  ///
  /// @param key of X25519
  /// @param offered a session; null for none
  /// @param early whether data follows at once
  static byte[] of(String host, PublicKey key, @Nullable TlsSession offered, boolean early) {
    byte[] random = new byte[TlsSecrets.LENGTH];
    new SecureRandom().nextBytes(random);
    byte[] hello =
        Octets.message(
            CLIENT_HELLO,
            Octets.number(2, TLS_12),
            random,
            Octets.vector(1),
            Octets.vector(2, Octets.number(2, AES_128_GCM_SHA256)),
            Octets.vector(1, new byte[] {0}),
            Octets.vector(2, extensions(host, key, offered, early)));
    return offered == null ? hello : bound(hello, offered);
  }

  private static byte[] extensions(
      String host, PublicKey key, @Nullable TlsSession offered, boolean early) {
    byte[] name = host.getBytes(StandardCharsets.ISO_8859_1);
    byte[] protocol = "http/1.1".getBytes(StandardCharsets.US_ASCII);
    byte[] encoded = key.getEncoded();
    byte[] share = Arrays.copyOfRange(encoded, KEY.length, encoded.length);
    return Octets.of(
        Octets.extension(SERVER_NAME, Octets.vector(2, new byte[] {0}, Octets.vector(2, name))),
        Octets.extension(GROUPS, Octets.vector(2, Octets.number(2, X25519))),
        Octets.extension(
            SIGNATURES,
            Octets.vector(2, Octets.number(2, ECDSA_SHA256), Octets.number(2, RSA_PSS_SHA256))),
        Octets.extension(ALPN, Octets.vector(2, Octets.vector(1, protocol))),
        Octets.extension(VERSIONS, Octets.vector(1, Octets.number(2, TLS_13))),
        Octets.extension(KEY_MODES, Octets.vector(1, new byte[] {1})),
        Octets.extension(
            KEY_SHARE, Octets.vector(2, Octets.number(2, X25519), Octets.vector(2, share))),
        early ? Octets.extension(EARLY_DATA) : new byte[0],
        offered == null ? new byte[0] : offer(offered));
  }

  private static byte[] offer(TlsSession session) {
    return Octets.extension(
        PRE_SHARED_KEY,
        Octets.vector(2, Octets.vector(2, session.ticket()), Octets.number(4, session.maskedAge())),
        Octets.vector(2, Octets.vector(1, new byte[TlsSecrets.LENGTH])));
  }

  /// With the binder at its end, which covers all before (RFC 8446, 4.2.11.2).
  private static byte[] bound(byte[] hello, TlsSession offered) {
    byte[] before = Arrays.copyOf(hello, hello.length - BINDERS);
    byte[] key = TlsSecrets.derive(TlsSecrets.early(offered.key()), "res binder", new byte[0]);
    return Octets.of(before, Octets.vector(2, Octets.vector(1, TlsSecrets.proof(key, before))));
  }
}
