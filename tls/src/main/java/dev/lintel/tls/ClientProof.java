package dev.lintel.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// What the certificate of a client proved, in the words that nginx has for it. Belongs to one
/// connection and its loop. The arrays are not to be changed.
public final class ClientProof {
  /// How the certificate was judged.
  public enum Result {
    /// There is none.
    NONE,
    /// One of the authorities issued it, and everything about it is in order.
    GOOD,
    /// It is valid by itself, but none of the authorities issued it.
    UNKNOWN_ISSUER,
    /// It is expired, revoked, not meant for clients, or worse.
    BAD
  }

  /// A client without a certificate.
  public static final ClientProof NONE = new ClientProof(Result.NONE, "NONE", null);

  private static final byte[] EMPTY = {};
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
  private static final Map<String, String> WORDS =
      Map.of("1.2.840.113549.1.9.1", "emailAddress", "2.5.4.5", "serialNumber");

  private final Result result;
  private final byte[] verify;
  private final @Nullable X509Certificate leaf;
  private byte @Nullable [] subject;
  private byte @Nullable [] issuer;
  private byte @Nullable [] escaped;

  private ClientProof(Result result, String verify, @Nullable X509Certificate leaf) {
    this.result = result;
    this.verify = verify.getBytes(StandardCharsets.US_ASCII);
    this.leaf = leaf;
  }

  static ClientProof good(X509Certificate leaf) {
    return new ClientProof(Result.GOOD, "SUCCESS", leaf);
  }

  static ClientProof unknownIssuer(X509Certificate leaf) {
    return new ClientProof(
        Result.UNKNOWN_ISSUER, "FAILED:unable to get local issuer certificate", leaf);
  }

  static ClientProof bad(String reason, @Nullable X509Certificate leaf) {
    return new ClientProof(Result.BAD, "FAILED:" + reason, leaf);
  }

  /// How it was judged.
  public Result result() {
    return result;
  }

  /// `SUCCESS`, `NONE` or `FAILED:` and why.
  public byte[] verify() {
    return verify;
  }

  /// Whose certificate it is, as RFC 2253 writes names, in ASCII; empty without one.
  public byte[] subject() {
    if (subject == null) {
      subject = leaf == null ? EMPTY : name(leaf.getSubjectX500Principal());
    }
    return subject;
  }

  /// Who issued it, in the same form.
  public byte[] issuer() {
    if (issuer == null) {
      issuer = leaf == null ? EMPTY : name(leaf.getIssuerX500Principal());
    }
    return issuer;
  }

  /// The certificate as PEM text with percent escapes; empty without one.
  public byte[] escaped() {
    if (escaped == null) {
      escaped = leaf == null ? EMPTY : escaped(leaf);
    }
    return escaped;
  }

  private static byte[] name(X500Principal name) {
    byte[] text = name.getName(X500Principal.RFC2253, WORDS).getBytes(StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(text.length);
    for (byte b : text) {
      if (b >= ' ' && b < 0x7f) {
        out.append((char) b);
      } else {
        HEX.toHexDigits(out.append('\\'), b);
      }
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] escaped(X509Certificate leaf) {
    byte[] body;
    try {
      body = LINES.encode(leaf.getEncoded());
    } catch (CertificateEncodingException _) {
      return EMPTY;
    }
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + new String(body, StandardCharsets.US_ASCII)
            + "\n-----END CERTIFICATE-----\n";
    StringBuilder out = new StringBuilder(pem.length() * 5 / 4);
    for (int i = 0; i < pem.length(); i++) {
      char c = pem.charAt(i);
      if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
        out.append(c);
      } else {
        HEX.toHexDigits(out.append('%'), (byte) c);
      }
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
