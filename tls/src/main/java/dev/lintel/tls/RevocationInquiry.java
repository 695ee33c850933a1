package dev.lintel.tls;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The question whether a certificate of ours is revoked, and the judgement of the answer, as OCSP
/// has them (RFC 6960). A good answer can be stapled to handshakes. Immutable.
public final class RevocationInquiry {
  private static final String AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
  private static final byte[] OCSP = Der.oid(1, 3, 6, 1, 5, 5, 7, 48, 1);
  private static final byte[] BASIC_ANSWER = Der.oid(1, 3, 6, 1, 5, 5, 7, 48, 1, 1);
  private static final byte[] SHA1 =
      Der.of(Der.SEQUENCE, Der.oid(1, 3, 14, 3, 2, 26), Der.of(Der.NULL));
  private static final int URI_NAME = 0x86;
  private static final int EXPLICIT_0 = 0xa0;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

  private final X509Certificate leaf;
  private final X509Certificate issuer;
  private final URI responder;

  private RevocationInquiry(X509Certificate leaf, X509Certificate issuer, URI responder) {
    this.leaf = leaf;
    this.issuer = issuer;
    this.responder = responder;
  }

  /// That of a certificate; null where it names no responder, or comes without its issuer.
  public static @Nullable RevocationInquiry of(KeyMaterial material) {
    List<X509Certificate> chain = material.chain();
    URI responder = chain.size() < 2 ? null : responder(chain.get(0));
    return responder == null ? null : new RevocationInquiry(chain.get(0), chain.get(1), responder);
  }

  /// Who is to be asked: whoever made the certificate chose it.
  public URI responder() {
    return responder;
  }

  /// The question, as the body of a POST (`application/ocsp-request`).
  public byte[] request() {
    Der key = Der.over(issuer.getPublicKey().getEncoded());
    boolean _ = key.next();
    Der parts = key.inside();
    boolean _ = parts.next(); // the algorithm
    boolean _ = parts.next();
    byte[] bits = parts.value();
    byte[] certificate =
        Der.of(
            Der.SEQUENCE,
            SHA1,
            Der.of(Der.OCTET_STRING, sha1(leaf.getIssuerX500Principal().getEncoded())),
            Der.of(Der.OCTET_STRING, sha1(Arrays.copyOfRange(bits, 1, bits.length))),
            Der.of(Der.INTEGER, leaf.getSerialNumber().toByteArray()));
    byte[] list = Der.of(Der.SEQUENCE, Der.of(Der.SEQUENCE, certificate));
    return Der.of(Der.SEQUENCE, Der.of(Der.SEQUENCE, list));
  }

  /// Judges an answer.
  ///
  /// @return the moment from which on it is no good any more
  /// @throws InvalidKeyMaterial where it is not signed by whoever may, is about another certificate
  ///   or another time, and where the certificate is revoked or unknown
  public Instant check(byte[] answer) throws InvalidKeyMaterial {
    try {
      CertPathValidator validator = CertPathValidator.getInstance("PKIX");
      PKIXRevocationChecker revocation = (PKIXRevocationChecker) validator.getRevocationChecker();
      revocation.setOptions(EnumSet.of(Option.ONLY_END_ENTITY, Option.NO_FALLBACK));
      revocation.setOcspResponses(Map.of(leaf, answer)); // with one, nobody else is asked
      PKIXParameters how = new PKIXParameters(Set.of(new TrustAnchor(issuer, null)));
      how.addCertPathChecker(revocation);
      validator.validate(
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), how);
    } catch (CertPathValidatorException e) {
      throw new InvalidKeyMaterial(
          e.getReason() == CertPathValidatorException.BasicReason.REVOKED
              ? "the certificate is revoked"
              : "the answer cannot be verified: " + e.getMessage());
    } catch (GeneralSecurityException _) {
      throw new InvalidKeyMaterial("the answer cannot be verified");
    }
    Instant until = until(answer);
    if (until == null) {
      throw new InvalidKeyMaterial("the answer does not say how long it holds");
    }
    return until;
  }

  /// `nextUpdate` of the first answer in it, or null. What is read was verified before.
  private static @Nullable Instant until(byte[] answer) {
    Der single = single(answer);
    while (single != null && single.next()) {
      Der time = single.inside();
      if (single.tag() == EXPLICIT_0 && time.next() && time.tag() == Der.GENERALIZED_TIME) {
        try {
          String text = new String(time.value(), StandardCharsets.US_ASCII);
          return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException _) {
          return null;
        }
      }
    }
    return null;
  }

  /// The parts of the first SingleResponse behind its status, which may have the tag of
  /// `nextUpdate` as well.
  private static @Nullable Der single(byte[] answer) {
    Der outer = into(Der.over(answer), Der.SEQUENCE);
    Der bytes = outer != null && outer.next() ? into(outer, EXPLICIT_0) : null;
    Der pair = bytes == null ? null : into(bytes, Der.SEQUENCE);
    if (pair == null
        || !pair.next()
        || !Arrays.equals(pair.whole(), BASIC_ANSWER)
        || !pair.next()) {
      return null;
    }
    Der basic = into(Der.over(pair.value()), Der.SEQUENCE);
    Der data = basic == null ? null : into(basic, Der.SEQUENCE);
    while (data != null && data.next()) {
      if (data.tag() == Der.SEQUENCE) { // before it stand a version, a name or a hash, and a time
        Der first = into(data.inside(), Der.SEQUENCE);
        return first != null && first.next() && first.next() ? first : null;
      }
    }
    return null;
  }

  private static @Nullable Der into(Der at, int tag) {
    return at.next() && at.tag() == tag ? at.inside() : null;
  }

  private static @Nullable URI responder(X509Certificate leaf) {
    byte[] extension = leaf.getExtensionValue(AUTHORITY_INFORMATION_ACCESS);
    Der wrapped = extension == null ? null : Der.over(extension);
    Der all = wrapped != null && wrapped.next() ? into(wrapped.inside(), Der.SEQUENCE) : null;
    while (all != null && all.next()) {
      Der access = all.inside();
      if (access.next()
          && Arrays.equals(access.whole(), OCSP)
          && access.next()
          && access.tag() == URI_NAME) {
        try {
          return new URI(new String(access.value(), StandardCharsets.US_ASCII));
        } catch (URISyntaxException _) {
          return null;
        }
      }
    }
    return null;
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
