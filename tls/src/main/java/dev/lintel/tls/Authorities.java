package dev.lintel.tls;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whose certificates of others are taken, and what those revoked. Immutable.
///
/// @param certificates at least one of them signed itself
/// @param revoked empty where nothing is said about revocation; else every authority needs a list
record Authorities(List<X509Certificate> certificates, List<X509CRL> revoked) {
  private static final String BUNDLE = "the bundle of authorities";
  private static final String LISTS = "the revocation list";

  /// Copies the lists.
  Authorities {
    certificates = List.copyOf(certificates);
    revoked = List.copyOf(revoked);
  }

  /// Reads the PEM text of the authorities and of their revocation lists.
  ///
  /// @param lists null where nothing is said about revocation
  /// @throws InvalidKeyMaterial where one of them cannot be read, and where no authority is there
  ///   that signed itself: nobody could ever be taken
  static Authorities parse(byte[] bundle, byte @Nullable [] lists) throws InvalidKeyMaterial {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem block : Pem.blocks(bundle, BUNDLE)) {
      if (block.label().endsWith("CERTIFICATE")) {
        certificates.add(certificate(block.der()));
      }
    }
    if (certificates.isEmpty()) {
      throw new InvalidKeyMaterial(
          BUNDLE + " holds no certificate (expected: a PEM block CERTIFICATE)");
    }
    if (certificates.stream().noneMatch(PeerChain::isSelfSigned)) {
      throw new InvalidKeyMaterial(
          BUNDLE + " holds no certificate that signed itself (expected: the root as well)");
    }
    return new Authorities(certificates, lists == null ? List.of() : lists(lists));
  }

  private static List<X509CRL> lists(byte[] pem) throws InvalidKeyMaterial {
    List<X509CRL> lists = new ArrayList<>();
    for (Pem block : Pem.blocks(pem, LISTS)) {
      try {
        lists.add(
            (X509CRL)
                CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(block.der())));
      } catch (CertificateException | CRLException _) {
        throw new InvalidKeyMaterial(LISTS + " cannot be decoded (expected: X.509)");
      }
    }
    if (lists.isEmpty()) {
      throw new InvalidKeyMaterial(LISTS + " holds none (expected: a PEM block X509 CRL)");
    }
    return lists;
  }

  private static X509Certificate certificate(byte[] der) throws InvalidKeyMaterial {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException _) {
      throw new InvalidKeyMaterial(
          BUNDLE + " has a certificate that cannot be decoded (expected: X.509)");
    }
  }

  /// Hex of the SHA-256 of all of them.
  String fingerprint() throws InvalidKeyMaterial {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate each : certificates) {
        digest.update(each.getEncoded());
      }
      for (X509CRL each : revoked) {
        digest.update(each.getEncoded());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (CertificateEncodingException | CRLException | NoSuchAlgorithmException _) {
      throw new InvalidKeyMaterial(BUNDLE + " cannot be encoded again");
    }
  }
}
