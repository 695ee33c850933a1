package dev.lintel.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The way from a peer's certificate to an authority. It is looked for in what the peer sent and
/// what the bundle holds, ends at a certificate that signed itself, and is checked as a whole by
/// the JDK (RFC 5280, 6.1). Nothing is fetched from anywhere.
final class PeerChain {
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_ENCIPHERMENT = 2;
  private static final int KEY_AGREEMENT = 4;

  /// What a certificate has to be made for.
  enum Purpose {
    CLIENT("1.3.6.1.5.5.7.3.2", false),
    SERVER("1.3.6.1.5.5.7.3.1", true);

    private final String usage;
    private final boolean mayEncipher;

    /// @param usage as the extended key usage has it (RFC 5280, 4.2.1.12)
    /// @param mayEncipher whether a key that only enciphers keys will do, as in TLS 1.2 without
    ///   forward secrecy
    Purpose(String usage, boolean mayEncipher) {
      this.usage = usage;
      this.mayEncipher = mayEncipher;
    }
  }

  /// Signatures are checked on the way: nobody may have us check any number of them.
  private static final int MOST_SENT = 8;

  private final List<X509Certificate> roots = new ArrayList<>();
  private final List<X509Certificate> others = new ArrayList<>();
  private final List<X509CRL> revoked;
  private final int depth;
  private final Purpose purpose;

  /// @param depth how many authorities may stand between a peer and a self-signed one
  PeerChain(Authorities authorities, int depth, Purpose purpose) {
    for (X509Certificate each : authorities.certificates()) {
      (isSelfSigned(each) ? roots : others).add(each);
    }
    this.revoked = authorities.revoked();
    this.depth = depth;
    this.purpose = purpose;
  }

  static boolean isSelfSigned(X509Certificate certificate) {
    return isIssuer(certificate, certificate);
  }

  /// Judges what a peer sent, its own certificate first.
  ClientProof judge(Certificate[] sent) {
    if (sent.length == 0) {
      return ClientProof.NONE;
    }
    if (sent.length > MOST_SENT) {
      return ClientProof.bad("certificate chain too long", null);
    }
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate each : sent) {
        chain.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(each.getEncoded())));
      }
      return judge(chain);
    } catch (CertificateException _) {
      return ClientProof.bad("certificate cannot be decoded", null);
    }
  }

  private ClientProof judge(List<X509Certificate> sent) throws CertificateException {
    X509Certificate leaf = sent.getFirst();
    String fault = hasOddName(leaf) ? "a name with a control character" : timeFault(leaf);
    if (fault == null && !isMeantForThis(leaf)) {
      fault = "unsuitable certificate purpose";
    }
    if (fault != null) {
      return ClientProof.bad(fault, leaf);
    }
    List<X509Certificate> path = new ArrayList<>();
    path.add(leaf);
    while (true) {
      X509Certificate top = path.getLast();
      X509Certificate root = issuer(top, roots);
      if (root != null) {
        return checked(path, root);
      }
      X509Certificate next = issuer(top, others);
      next = next == null ? issuer(top, sent.subList(1, sent.size())) : next;
      if (next == null || path.contains(next)) {
        return ClientProof.unknownIssuer(leaf);
      }
      if (path.size() > depth) {
        return ClientProof.bad("certificate chain too long", leaf);
      }
      path.add(next);
    }
  }

  private ClientProof checked(List<X509Certificate> path, X509Certificate root) {
    X509Certificate leaf = path.getFirst();
    String fault = timeFault(root); // the JDK overlooks that of what is trusted
    if (fault != null) {
      return ClientProof.bad(fault, leaf);
    }
    try {
      PKIXParameters how = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      how.setRevocationEnabled(!revoked.isEmpty());
      how.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(revoked)));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), how);
      return ClientProof.good(leaf);
    } catch (CertPathValidatorException e) {
      return ClientProof.bad(reason(e), leaf);
    } catch (GeneralSecurityException _) {
      return ClientProof.bad("certificate cannot be verified", leaf);
    }
  }

  private static String reason(CertPathValidatorException e) {
    if (e.getReason() == CertPathValidatorException.BasicReason.REVOKED) {
      return "certificate revoked";
    }
    if (e.getReason() == CertPathValidatorException.BasicReason.EXPIRED) {
      return "certificate has expired";
    }
    return "certificate cannot be verified";
  }

  private static @Nullable X509Certificate issuer(
      X509Certificate of, List<X509Certificate> candidates) {
    for (X509Certificate each : candidates) {
      if (isIssuer(of, each)) {
        return each;
      }
    }
    return null;
  }

  private static boolean isIssuer(X509Certificate of, X509Certificate candidate) {
    if (!of.getIssuerX500Principal().equals(candidate.getSubjectX500Principal())) {
      return false;
    }
    try {
      of.verify(candidate.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static @Nullable String timeFault(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return null;
    } catch (CertificateExpiredException _) {
      return "certificate has expired";
    } catch (CertificateNotYetValidException _) {
      return "certificate is not yet valid";
    }
  }

  private boolean isMeantForThis(X509Certificate leaf) throws CertificateException {
    List<String> purposes = leaf.getExtendedKeyUsage();
    boolean[] uses = leaf.getKeyUsage();
    return (purposes == null || purposes.contains(purpose.usage))
        && (uses == null
            || uses[DIGITAL_SIGNATURE]
            || uses[KEY_AGREEMENT]
            || purpose.mayEncipher && uses[KEY_ENCIPHERMENT]);
  }

  /// A name that ends at a NUL for one reader and goes on for another has fooled servers before.
  private static boolean hasOddName(X509Certificate leaf) throws CertificateException {
    if (isOdd(Der.over(leaf.getSubjectX500Principal().getEncoded()))) {
      return true;
    }
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(1) instanceof String text && isOdd(text)) {
          return true;
        }
      }
    }
    return false;
  }

  /// The name of a subject is a SEQUENCE of SETs of pairs; wide characters have bytes of 0.
  private static boolean isOdd(Der name) {
    while (name.next()) {
      boolean odd =
          switch (name.tag()) {
            case Der.SEQUENCE, Der.SET -> isOdd(name.inside());
            case Der.OID, Der.BMP_STRING -> false;
            default -> isOdd(new String(name.value(), StandardCharsets.ISO_8859_1));
          };
      if (odd) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOdd(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) == 0x7f) {
        return true;
      }
    }
    return false;
  }
}
