package dev.lintel.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A certificate chain and its private key, known to belong together. Immutable.
///
/// Equality, hash and text are those of the fingerprint: nothing here prints a byte of the key.
public final class KeyMaterial {
  private static final int DNS_NAME = 2;
  private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
  private static final byte[] ORGANIZATION = Der.oid(2, 5, 4, 10);

  private record Content(List<X509Certificate> chain, PrivateKey privateKey, List<String> sans) {}

  private final String fingerprint;
  private final Supplier<KeyMaterial> source;
  private volatile @Nullable Content content;

  private KeyMaterial(List<X509Certificate> chain, PrivateKey privateKey)
      throws InvalidKeyMaterial {
    this.content = new Content(List.copyOf(chain), privateKey, dnsNames(chain.get(0)));
    this.fingerprint = fingerprint(chain, privateKey);
    this.source = () -> this;
  }

  private KeyMaterial(String fingerprint, Supplier<KeyMaterial> source) {
    this.fingerprint = fingerprint;
    this.source = source;
  }

  /// One that is made when it is needed first, or by `make`, whatever comes earlier.
  ///
  /// @param identity unlike any other: it stands for the fingerprint, which nobody knows yet
  static KeyMaterial later(String identity, Supplier<KeyMaterial> source) {
    return new KeyMaterial(identity, source);
  }

  /// Reads the PEM text of a chain, leaf first, and of an unencrypted key (PKCS#8, PKCS#1 or SEC1).
  /// An expired certificate is accepted: whether to serve it is the caller's decision.
  ///
  /// @throws InvalidKeyMaterial where one of them cannot be read, or they do not belong together
  public static KeyMaterial parse(byte[] certificatePem, byte[] keyPem) throws InvalidKeyMaterial {
    List<X509Certificate> chain = new ArrayList<>();
    for (Pem block : Pem.blocks(certificatePem, "the certificate")) {
      if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
        chain.add(certificate(block.der()));
      }
    }
    if (chain.isEmpty()) {
      throw new InvalidKeyMaterial(
          "the certificate holds no certificate (expected: a PEM block CERTIFICATE)");
    }
    PrivateKey key = PrivateKeys.first(Pem.blocks(keyPem, "the key"));
    PrivateKeys.checkPair(key, chain.get(0));
    return of(chain, key);
  }

  /// A chain and a key that are known to belong together.
  static KeyMaterial of(List<X509Certificate> chain, PrivateKey key) throws InvalidKeyMaterial {
    return new KeyMaterial(chain, key);
  }

  /// Makes it if it is still to be made; any thread may, and others wait for it.
  public void make() {
    var _ = content();
  }

  /// Whether it is there, so that nothing has to be computed to use it.
  boolean isMade() {
    return content != null;
  }

  private Content content() {
    Content present = content;
    return present == null ? made() : present;
  }

  private synchronized Content made() {
    Content present = content;
    if (present == null) {
      present = source.get().content();
      content = present;
    }
    return present;
  }

  /// Hex of the SHA-256 of chain and key; of as many random bytes where they are made later.
  public String fingerprint() {
    return fingerprint;
  }

  /// The certificates as they are sent, leaf first.
  public List<X509Certificate> chain() {
    return content().chain();
  }

  /// The key of the leaf.
  public PrivateKey privateKey() {
    return content().privateKey();
  }

  /// The certificate that speaks for the host.
  public X509Certificate leaf() {
    return chain().get(0);
  }

  /// The first moment at which the leaf is valid.
  public Instant notBefore() {
    return leaf().getNotBefore().toInstant();
  }

  /// The last moment at which the leaf is valid.
  public Instant notAfter() {
    return leaf().getNotAfter().toInstant();
  }

  /// The DNS names of the leaf's subject alternative names, in lower case; wildcards as `*.rest`.
  public List<String> sans() {
    return content().sans();
  }

  /// Whether the leaf speaks for `host`: by an equal name, or by a wildcard in place of its first
  /// label (RFC 6125, 6.4.3). The common name does not count. A wildcard host is covered by the
  /// same wildcard.
  public boolean covers(String host) {
    String name = ServerNames.normalized(host);
    int dot = name.indexOf('.');
    for (String san : sans()) {
      if (san.equals(name)) {
        return true;
      }
      if (dot > 0
          && san.startsWith("*.")
          && san.length() - 1 == name.length() - dot
          && san.regionMatches(1, name, dot, name.length() - dot)) {
        return true;
      }
    }
    return false;
  }

  /// The leaf's serial number.
  public BigInteger serial() {
    return leaf().getSerialNumber();
  }

  /// The organisation (`O`) that issued the leaf, empty where it names none.
  public String issuerOrganization() {
    return issuer(ORGANIZATION);
  }

  /// The common name (`CN`) of the issuer of the leaf, empty where it has none.
  public String issuerCommonName() {
    return issuer(COMMON_NAME);
  }

  /// `RSA` or `ECDSA`.
  public String publicKeyAlgorithm() {
    String algorithm = leaf().getPublicKey().getAlgorithm();
    return algorithm.equals("EC") ? "ECDSA" : algorithm;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyMaterial material && fingerprint.equals(material.fingerprint);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return "KeyMaterial[" + fingerprint.substring(0, 16) + "]";
  }

  /// The first attribute of that type in the issuer's name: a SEQUENCE of SETs of pairs.
  private String issuer(byte[] type) {
    Der name = Der.over(leaf().getIssuerX500Principal().getEncoded());
    if (name.next()) {
      Der sets = name.inside();
      while (sets.next()) {
        Der pairs = sets.inside();
        while (pairs.next()) {
          Der pair = pairs.inside();
          if (pair.next() && Arrays.equals(pair.whole(), type) && pair.next()) {
            return new String(
                pair.value(),
                pair.tag() == Der.BMP_STRING ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8);
          }
        }
      }
    }
    return "";
  }

  private static X509Certificate certificate(byte[] der) throws InvalidKeyMaterial {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException _) {
      throw new InvalidKeyMaterial("the certificate cannot be decoded (expected: X.509)");
    }
  }

  private static List<String> dnsNames(X509Certificate leaf) throws InvalidKeyMaterial {
    Collection<List<?>> names;
    try {
      names = leaf.getSubjectAlternativeNames();
    } catch (CertificateParsingException _) {
      throw new InvalidKeyMaterial("the certificate's alternative names cannot be decoded");
    }
    if (names == null) {
      return List.of();
    }
    List<String> dns = new ArrayList<>();
    for (List<?> entry : names) {
      if (entry.get(0) instanceof Integer type
          && type == DNS_NAME
          && entry.get(1) instanceof String name) {
        dns.add(checked(name));
      }
    }
    return List.copyOf(dns);
  }

  /// A name that ends at a NUL for one reader and goes on for another has fooled clients before.
  private static String checked(String name) throws InvalidKeyMaterial {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) <= ' ' || name.charAt(i) >= 0x7f) {
        throw new InvalidKeyMaterial(
            "the certificate has an alternative name with a control character or a space in it");
      }
    }
    return name.toLowerCase(Locale.ROOT);
  }

  private static String fingerprint(List<X509Certificate> chain, PrivateKey key)
      throws InvalidKeyMaterial {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : chain) {
        digest.update(certificate.getEncoded());
      }
      byte[] encoded = key.getEncoded();
      digest.update(encoded);
      Arrays.fill(encoded, (byte) 0);
      return HexFormat.of().formatHex(digest.digest());
    } catch (CertificateException | NoSuchAlgorithmException _) {
      throw new InvalidKeyMaterial("the certificate cannot be encoded again");
    }
  }
}
