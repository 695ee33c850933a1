package dev.lintel.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/// Private keys as users have them: PKCS#8 (RFC 5958), PKCS#1 RSA (RFC 8017) and SEC1 EC (RFC
/// 5915).
final class PrivateKeys {
  private static final byte[] VERSION = Der.of(Der.INTEGER, new byte[] {0});
  private static final byte[] RSA = Der.oid(1, 2, 840, 113549, 1, 1, 1);
  private static final byte[] EC = Der.oid(1, 2, 840, 10045, 2, 1);
  private static final String EXPECTED =
      " (expected: a PEM block PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY)";

  private PrivateKeys() {}

  /// The first private key among the blocks; parameters and certificates beside it are skipped.
  static PrivateKey first(List<Pem> blocks) throws InvalidKeyMaterial {
    for (Pem block : blocks) {
      String label = block.label();
      if (label.equals("ENCRYPTED PRIVATE KEY") || block.encrypted()) {
        throw new InvalidKeyMaterial("the key is encrypted (expected: a key without a password)");
      }
      switch (label) {
        case "PRIVATE KEY":
          return pkcs8(block.der());
        case "RSA PRIVATE KEY":
          return decode("RSA", wrap(Der.of(Der.SEQUENCE, RSA, Der.of(Der.NULL)), block.der()));
        case "EC PRIVATE KEY":
          byte[] algorithm = Der.of(Der.SEQUENCE, EC, curveOf(block.der()));
          return decode("EC", wrap(algorithm, block.der()));
        default:
          if (label.endsWith("PRIVATE KEY")) {
            throw new InvalidKeyMaterial("the key is of an unknown kind" + EXPECTED);
          }
      }
    }
    throw new InvalidKeyMaterial("the key holds no private key" + EXPECTED);
  }

  /// Refuses a key that does not belong to the certificate, or that no TLS client would accept.
  static void checkPair(PrivateKey key, X509Certificate leaf) throws InvalidKeyMaterial {
    if (!match(key, leaf)) {
      throw new InvalidKeyMaterial("the key does not belong to the certificate");
    }
    if (leaf.getPublicKey() instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < 1024) {
      throw new InvalidKeyMaterial(
          "the key has " + rsa.getModulus().bitLength() + " bits (expected: 2048 or more)");
    }
  }

  private static boolean match(PrivateKey key, X509Certificate leaf) throws InvalidKeyMaterial {
    if (leaf.getPublicKey() instanceof RSAPublicKey rsa) {
      return key instanceof RSAPrivateKey own && own.getModulus().equals(rsa.getModulus());
    }
    if (leaf.getPublicKey() instanceof ECPublicKey ec) {
      return key instanceof ECPrivateKey own
          && own.getParams().getCurve().equals(ec.getParams().getCurve())
          && NativePair.matches(leaf, key);
    }
    throw new InvalidKeyMaterial(
        "the certificate has a key of the kind "
            + leaf.getPublicKey().getAlgorithm()
            + " (expected: RSA or EC)");
  }

  private static PrivateKey pkcs8(byte[] der) throws InvalidKeyMaterial {
    byte[] algorithm = new byte[0];
    Der outer = Der.over(der);
    if (outer.next()) {
      Der fields = outer.inside();
      fields.next(); // the version
      if (fields.next()) {
        Der identifier = fields.inside();
        algorithm = identifier.next() ? identifier.whole() : algorithm;
      }
    }
    if (Arrays.equals(algorithm, RSA)) {
      return decode("RSA", der);
    }
    if (Arrays.equals(algorithm, EC)) {
      return decode("EC", der);
    }
    throw new InvalidKeyMaterial("the key is neither an RSA nor an EC key (expected: one of them)");
  }

  private static PrivateKey decode(String algorithm, byte[] pkcs8) throws InvalidKeyMaterial {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException _) {
      throw new InvalidKeyMaterial("the key cannot be decoded (expected: " + algorithm + ")");
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static byte[] wrap(byte[] algorithm, byte[] key) {
    return Der.of(Der.SEQUENCE, VERSION, algorithm, Der.of(Der.OCTET_STRING, key));
  }

  /// The parameters of an ECPrivateKey, `[0] EXPLICIT`: an object identifier that names the curve.
  private static byte[] curveOf(byte[] der) throws InvalidKeyMaterial {
    Der outer = Der.over(der);
    if (outer.next()) {
      Der fields = outer.inside();
      while (fields.next()) {
        if (fields.tag() == 0xa0) {
          Der parameters = fields.inside();
          if (parameters.next() && parameters.tag() == Der.OID) {
            return parameters.whole();
          }
        }
      }
    }
    throw new InvalidKeyMaterial("the EC key does not name its curve (expected: a named curve)");
  }
}
