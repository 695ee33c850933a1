package dev.lintel.corpus.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The key schedule of TLS 1.3 with SHA-256 (RFC 8446, 7.1).
final class TlsSecrets {
  static final int LENGTH = 32;

  private static final byte[] NOTHING = {};
  private static final byte[] ZEROS = new byte[LENGTH];

  private TlsSecrets() {}

  /// The secret of a handshake before keys are exchanged.
  ///
  /// @param session the key of the session that is offered; of zeros where there is none
  static byte[] early(byte[] session) {
    return hmac(ZEROS, session.length == 0 ? ZEROS : session);
  }

  /// The secret of the next stage.
  ///
  /// @param input what comes in; empty for zeros
  static byte[] next(byte[] secret, byte[] input) {
    return hmac(derive(secret, "derived", NOTHING), input.length == 0 ? ZEROS : input);
  }

  /// A secret for one purpose.
  ///
  /// @param messages all of the handshake so far
  static byte[] derive(byte[] secret, String label, byte[] messages) {
    return expand(secret, label, hash(messages), LENGTH);
  }

  /// What proves that a side has seen these messages: in its Finished, or as a binder.
  static byte[] proof(byte[] secret, byte[] messages) {
    return hmac(expand(secret, "finished", NOTHING, LENGTH), hash(messages));
  }

  /// @param length 32 at most
  static byte[] expand(byte[] secret, String label, byte[] context, int length) {
    byte[] info =
        Octets.of(
            Octets.number(2, length),
            Octets.vector(1, ("tls13 " + label).getBytes(StandardCharsets.US_ASCII)),
            Octets.vector(1, context),
            new byte[] {1});
    return Arrays.copyOf(hmac(secret, info), length);
  }

  static byte[] hash(byte[] messages) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(messages);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
