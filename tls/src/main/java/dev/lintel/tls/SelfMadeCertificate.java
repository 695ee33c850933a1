package dev.lintel.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// A certificate that Lintel signs itself, for connections that no certificate of a user covers. No
/// client trusts it; it keeps TLS working until there is a better one.
///
/// EC P-256 and 365 days, like what the users of ingress-nginx know under another name.
public final class SelfMadeCertificate {
  /// The name that the default certificate covers.
  public static final String HOST = "ingress.local";

  private static final Duration VALIDITY = Duration.ofDays(365);
  // Clients whose clocks are a little behind should complain about trust, not about time.
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final int GENERALIZED_TIME_FROM = 2050;

  private static final byte[] ECDSA_SHA256 =
      Der.of(Der.SEQUENCE, Der.oid(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] TRUE = Der.of(Der.BOOLEAN, new byte[] {(byte) 0xff});

  private SelfMadeCertificate() {}

  /// The default certificate: for [#HOST] alone.
  public static KeyMaterial issue(Instant now) {
    return issue(now, HOST);
  }

  /// The default certificate, made when somebody needs it: elliptic curves take a tenth of a second
  /// in a process that has just started.
  public static KeyMaterial issueLater() {
    byte[] identity = new byte[32];
    new SecureRandom().nextBytes(identity);
    return KeyMaterial.later(HexFormat.of().formatHex(identity), () -> issue(Instant.now()));
  }

  /// Makes a key and a certificate for `hosts` (wildcards as `*.rest`), valid around `now`.
  ///
  /// @throws IllegalStateException where this Java has no elliptic curves
  public static KeyMaterial issue(Instant now, String... hosts) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] body = body(pair.getPublic(), hosts, now.minus(BACKDATED), now.plus(VALIDITY));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate());
      signature.update(body);
      byte[] der = Der.of(Der.SEQUENCE, body, ECDSA_SHA256, bits(signature.sign()));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      return KeyMaterial.of(List.of(certificate), pair.getPrivate());
    } catch (GeneralSecurityException | InvalidKeyMaterial e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  /// The TBSCertificate of RFC 5280, 4.1.
  private static byte[] body(PublicKey key, String[] hosts, Instant from, Instant until) {
    byte[] name = name("Lintel", "Lintel Self-Made Certificate");
    return Der.of(
        Der.SEQUENCE,
        Der.of(0xa0, Der.of(Der.INTEGER, new byte[] {2})), // version 3
        Der.of(Der.INTEGER, serial()),
        ECDSA_SHA256,
        name,
        Der.of(Der.SEQUENCE, time(from), time(until)),
        name,
        key.getEncoded(),
        Der.of(0xa3, extensions(hosts)));
  }

  private static byte[] extensions(String[] hosts) {
    byte[][] names = new byte[hosts.length][];
    for (int i = 0; i < hosts.length; i++) {
      names[i] = Der.text(0x82, hosts[i]);
    }
    byte[] digitalSignature = Der.of(Der.BIT_STRING, new byte[] {7, (byte) 0x80});
    byte[] serverAuth = Der.of(Der.SEQUENCE, Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1));
    return Der.of(
        Der.SEQUENCE,
        extension(Der.oid(2, 5, 29, 17), new byte[0], Der.of(Der.SEQUENCE, names)),
        extension(Der.oid(2, 5, 29, 19), TRUE, Der.of(Der.SEQUENCE)), // no CA
        extension(Der.oid(2, 5, 29, 15), TRUE, digitalSignature),
        extension(Der.oid(2, 5, 29, 37), new byte[0], serverAuth));
  }

  private static byte[] extension(byte[] oid, byte[] critical, byte[] value) {
    return Der.of(Der.SEQUENCE, oid, critical, Der.of(Der.OCTET_STRING, value));
  }

  private static byte[] name(String organization, String commonName) {
    return Der.of(
        Der.SEQUENCE,
        attribute(Der.oid(2, 5, 4, 10), organization),
        attribute(Der.oid(2, 5, 4, 3), commonName));
  }

  private static byte[] attribute(byte[] type, String value) {
    return Der.of(Der.SET, Der.of(Der.SEQUENCE, type, Der.text(Der.UTF8_STRING, value)));
  }

  private static byte[] serial() {
    return new BigInteger(127, new SecureRandom()).setBit(126).toByteArray();
  }

  private static byte[] time(Instant instant) {
    boolean generalized = instant.atZone(ZoneOffset.UTC).getYear() >= GENERALIZED_TIME_FROM;
    String pattern = generalized ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'";
    String text =
        DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC).format(instant);
    return Der.text(generalized ? Der.GENERALIZED_TIME : Der.UTC_TIME, text);
  }

  private static byte[] bits(byte[] content) {
    return Der.of(Der.BIT_STRING, new byte[] {0}, content);
  }
}
