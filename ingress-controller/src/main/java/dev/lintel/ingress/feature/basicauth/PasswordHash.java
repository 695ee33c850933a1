package dev.lintel.ingress.feature.basicauth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.apache.commons.codec.digest.Crypt;
import org.apache.commons.codec.digest.Md5Crypt;
import org.jspecify.annotations.Nullable;

/// A stored password hash in one of the forms of an htpasswd file: bcrypt (`$2a$`, `$2b$`, `$2y$`),
/// `$apr1$`, `{SHA}`, `{SSHA}`, `{PLAIN}` and crypt(3) (`$1$`, `$5$`, `$6$`, DES).
final class PasswordHash {
  private static final int SHA1_BYTES = 20;

  /// Bytes of a password beyond the 72nd do not count, as everywhere else.
  private static final BCrypt.Verifyer BCRYPT =
      BCrypt.verifyer(
          BCrypt.Version.VERSION_2A, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A));

  private enum Form {
    BCRYPT,
    APR1,
    SHA,
    SALTED_SHA,
    PLAIN,
    CRYPT
  }

  private final Form form;
  private final String text;

  private PasswordHash(Form form, String text) {
    this.form = form;
    this.text = text;
  }

  /// Reads a hash; null where it has none of the known forms.
  static @Nullable PasswordHash read(String text) {
    if (text.matches("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}")) {
      return new PasswordHash(Form.BCRYPT, text);
    }
    if (text.matches("\\$apr1\\$[^$]{1,16}\\$[./A-Za-z0-9]{22}")) {
      return new PasswordHash(Form.APR1, text);
    }
    if (text.startsWith("{SHA}")) {
      return digestOf(text, 5, Form.SHA);
    }
    if (text.startsWith("{SSHA}")) {
      return digestOf(text, 6, Form.SALTED_SHA);
    }
    if (text.startsWith("{PLAIN}")) {
      return new PasswordHash(Form.PLAIN, text.substring(7));
    }
    if (text.matches("\\$[156]\\$[^:]{4,}|[./A-Za-z0-9]{13}")) {
      return new PasswordHash(Form.CRYPT, text);
    }
    return null;
  }

  private static @Nullable PasswordHash digestOf(String text, int offset, Form form) {
    byte[] digest;
    try {
      digest = Base64.getDecoder().decode(text.substring(offset));
    } catch (IllegalArgumentException _) {
      return null;
    }
    boolean fits = form == Form.SHA ? digest.length == SHA1_BYTES : digest.length > SHA1_BYTES;
    return fits ? new PasswordHash(form, text.substring(offset)) : null;
  }

  /// Whether checking a password takes long enough to keep an event loop waiting.
  boolean isSlow() {
    return form == Form.BCRYPT || form == Form.APR1 || form == Form.CRYPT;
  }

  /// Whether this is the hash of `password`; the time it takes does not depend on how much of it is
  /// right.
  boolean matches(byte[] password) {
    return switch (form) {
      case BCRYPT -> BCRYPT.verify(password, text.getBytes(StandardCharsets.US_ASCII)).verified;
      // The library wipes the password it is given; this one is still needed.
      case APR1 -> same(Md5Crypt.apr1Crypt(password.clone(), text), text);
      case CRYPT -> same(Crypt.crypt(password.clone(), text), text);
      case SHA ->
          MessageDigest.isEqual(sha1(password, new byte[0]), Base64.getDecoder().decode(text));
      case SALTED_SHA -> {
        byte[] stored = Base64.getDecoder().decode(text);
        byte[] salt = Arrays.copyOfRange(stored, SHA1_BYTES, stored.length);
        yield MessageDigest.isEqual(sha1(password, salt), Arrays.copyOf(stored, SHA1_BYTES));
      }
      case PLAIN -> MessageDigest.isEqual(password, text.getBytes(StandardCharsets.UTF_8));
    };
  }

  private static boolean same(String computed, String stored) {
    return MessageDigest.isEqual(
        computed.getBytes(StandardCharsets.UTF_8), stored.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] sha1(byte[] password, byte[] salt) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update(password);
      digest.update(salt);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-1", e);
    }
  }
}
