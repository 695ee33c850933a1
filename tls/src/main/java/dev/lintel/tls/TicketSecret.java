package dev.lintel.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// What the keys of session tickets are derived from (HKDF, RFC 5869): processes with the same
/// secret have the same keys at the same time, without a word between them and without writing
/// anything down. Equal by its bytes, none of which is ever printed.
public final class TicketSecret {
  /// The fewest bytes of a secret.
  public static final int SHORTEST = 32;

  private static final byte[] SALT = TicketKeys.ascii("lintel session tickets");
  private static final int SHOWN_BYTES = 6;

  private final byte[] secret;

  private TicketSecret(byte[] secret) {
    this.secret = secret;
  }

  /// One that nobody else knows: tickets end with this process.
  public static TicketSecret random() {
    byte[] bytes = new byte[SHORTEST];
    new SecureRandom().nextBytes(bytes);
    return new TicketSecret(bytes);
  }

  /// One that several processes share.
  ///
  /// @throws InvalidKeyMaterial where it is too short
  public static TicketSecret of(byte[] bytes) throws InvalidKeyMaterial {
    if (bytes.length < SHORTEST) {
      throw new InvalidKeyMaterial(
          "the secret of session tickets has "
              + bytes.length
              + " bytes (expected: at least "
              + SHORTEST
              + ")");
    }
    return new TicketSecret(bytes.clone());
  }

  /// The keys of a moment.
  public TicketKeys keys(Instant now) {
    return new TicketKeys(this, TicketKeys.epoch(now));
  }

  /// As many bytes as are wanted, which no other purpose gets.
  byte[] derive(String purpose, int length) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(secret)
                  .addSalt(SALT)
                  .thenExpand(TicketKeys.ascii(purpose), length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HKDF-SHA256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TicketSecret that && MessageDigest.isEqual(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(secret);
  }

  /// For people: enough to see whether two processes have the same.
  @Override
  public String toString() {
    return "hkdf:" + HexFormat.of().formatHex(derive("name", SHOWN_BYTES));
  }
}
