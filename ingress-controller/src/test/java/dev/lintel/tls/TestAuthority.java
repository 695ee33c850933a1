package dev.lintel.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;

/// An authority that issues certificates for clients, good ones and others. In this package for the
/// sake of [Der], and in this module because the product is tested with it.
public final class TestAuthority {
  private static final AtomicLong SERIAL = new AtomicLong(1_000);
  private static final Duration DAY = Duration.ofDays(1);
  private static final byte[] ECDSA_SHA256 =
      Der.of(Der.SEQUENCE, Der.oid(1, 2, 840, 10045, 4, 3, 2));
  private static final byte[] TRUE = Der.of(Der.BOOLEAN, new byte[] {(byte) 0xff});
  private static final int[] CLIENT_AUTH = {6, 1, 5, 5, 7, 3, 2};
  private static final int[] SERVER_AUTH = {6, 1, 5, 5, 7, 3, 1};

  /// A certificate with those of the authorities above it but the root, and its key. Names in it
  /// may be such as no [KeyMaterial] may have.
  public record Issued(List<X509Certificate> chain, PrivateKey key) {
    /// The chain as PEM text.
    public String certificatePem() {
      StringBuilder text = new StringBuilder();
      for (X509Certificate each : chain) {
        try {
          text.append(pem("CERTIFICATE", each.getEncoded()));
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException(e);
        }
      }
      return text.toString();
    }

    /// What shows it to every server that asks for a certificate, whomever it trusts.
    public KeyManager[] keys() {
      try {
        return new KeyManager[] {new OneKey(KeyMaterial.of(chain, key))};
      } catch (InvalidKeyMaterial e) {
        throw new IllegalStateException(e);
      }
    }

    /// The key as PEM text.
    public String keyPem() {
      return pem("PRIVATE KEY", key.getEncoded());
    }
  }

  private final String name;
  private final KeyPair keys;
  private final List<X509Certificate> chain;

  private TestAuthority(String name, KeyPair keys, List<X509Certificate> chain) {
    this.name = name;
    this.keys = keys;
    this.chain = chain;
  }

  /// One that signed itself.
  public static TestAuthority root(String name) {
    return root(name, Instant.now().plus(DAY));
  }

  /// One that signed itself, until a moment.
  public static TestAuthority root(String name, Instant until) {
    KeyPair keys = keys();
    X509Certificate own =
        issue(
            name,
            keys.getPrivate(),
            name,
            keys,
            Instant.now().minus(DAY.multipliedBy(3)),
            until,
            extensions(true, null, 0));
    return new TestAuthority(name, keys, List.of(own));
  }

  /// One below this one.
  public TestAuthority below(String other) {
    KeyPair pair = keys();
    X509Certificate own =
        issue(
            name,
            keys.getPrivate(),
            other,
            pair,
            Instant.now().minus(DAY.multipliedBy(3)),
            Instant.now().plus(DAY),
            extensions(true, null, 0));
    List<X509Certificate> all = new ArrayList<>(List.of(own));
    if (!isRoot()) {
      all.addAll(chain);
    }
    return new TestAuthority(other, pair, List.copyOf(all));
  }

  /// A good certificate; the intermediate authorities come with it.
  public Issued client(String commonName) {
    return client(commonName, commonName + ".example.com", Instant.now().plus(DAY), true);
  }

  /// One that is over.
  public Issued expired(String commonName) {
    return client(commonName, commonName + ".example.com", Instant.now().minus(DAY), true);
  }

  /// One for servers.
  public Issued server(String commonName) {
    return client(commonName, commonName + ".example.com", Instant.now().plus(DAY), false);
  }

  /// One for the server of that name.
  public Issued host(String name) {
    return client(name, name, Instant.now().plus(DAY), false);
  }

  /// One for the server of that name whose responder of OCSP is at a URL.
  public Issued host(String name, String responder) {
    byte[] access =
        Der.of(Der.SEQUENCE, Der.oid(1, 3, 6, 1, 5, 5, 7, 48, 1), Der.text(0x86, responder));
    byte[] extension =
        extension(Der.oid(1, 3, 6, 1, 5, 5, 7, 1, 1), new byte[0], Der.of(Der.SEQUENCE, access));
    Der all = Der.over(extensions(false, dnsName(name), 2));
    boolean _ = all.next();
    byte[] extensions = Der.of(Der.SEQUENCE, all.value(), extension);
    return issued(name, extensions, Instant.now().plus(DAY));
  }

  /// The text, its signature's algorithm and the signature, as certificates and their like are
  /// written.
  byte[] signed(byte[] body) {
    return signed(body, keys.getPrivate());
  }

  /// One for a server that is named by its common name alone.
  public Issued nameless(String commonName) {
    return issued(commonName, extensions(false, null, 2), Instant.now().plus(DAY));
  }

  /// One for the server at an IPv4 address.
  public Issued address(int... bytes) {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    byte[] name = Der.of(0x87, address);
    return issued("address", extensions(false, name, 2), Instant.now().plus(DAY));
  }

  /// One for the server of that name that is over.
  public Issued expiredHost(String name) {
    return client(name, name, Instant.now().minus(DAY), false);
  }

  /// A good one but for its alternative name, which is taken as it is.
  public Issued named(String commonName, String alternative) {
    return client(commonName, alternative, Instant.now().plus(DAY), true);
  }

  private Issued client(String commonName, String san, Instant until, boolean forClients) {
    return issued(commonName, extensions(false, dnsName(san), forClients ? 1 : 2), until);
  }

  private static byte[] dnsName(String san) {
    return Der.of(0x82, san.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Issued issued(String commonName, byte[] extensions, Instant until) {
    KeyPair pair = keys();
    X509Certificate leaf =
        issue(
            name,
            keys.getPrivate(),
            commonName,
            pair,
            Instant.now().minus(DAY.multipliedBy(3)),
            until,
            extensions);
    List<X509Certificate> all = new ArrayList<>(List.of(leaf));
    if (!isRoot()) {
      all.addAll(chain);
    }
    return new Issued(List.copyOf(all), pair.getPrivate());
  }

  private boolean isRoot() {
    X509Certificate own = chain.getFirst();
    return own.getIssuerX500Principal().equals(own.getSubjectX500Principal());
  }

  /// What somebody issues who is no authority but has a certificate.
  public static Issued issuedBy(Issued issuer, String commonName) {
    KeyPair pair = keys();
    String name = issuer.chain().getFirst().getSubjectX500Principal().getName().substring(3);
    X509Certificate leaf =
        issue(
            name,
            issuer.key(),
            commonName,
            pair,
            Instant.now().minus(DAY),
            Instant.now().plus(DAY),
            extensions(false, dnsName("x.test"), 1));
    List<X509Certificate> all = new ArrayList<>(List.of(leaf));
    all.addAll(issuer.chain());
    return new Issued(List.copyOf(all), pair.getPrivate());
  }

  /// The certificate itself.
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// The certificate itself, as PEM text.
  public String pem() {
    try {
      return pem("CERTIFICATE", certificate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Its revocation list, as PEM text.
  public String revoking(Issued... revoked) {
    byte[][] entries = new byte[revoked.length][];
    for (int i = 0; i < revoked.length; i++) {
      entries[i] =
          Der.of(
              Der.SEQUENCE,
              Der.of(Der.INTEGER, revoked[i].chain().getFirst().getSerialNumber().toByteArray()),
              time(Instant.now().minus(DAY)));
    }
    byte[] body =
        Der.of(
            Der.SEQUENCE,
            Der.of(Der.INTEGER, new byte[] {1}),
            ECDSA_SHA256,
            name(name),
            time(Instant.now().minus(DAY)),
            time(Instant.now().plus(DAY)),
            revoked.length == 0 ? new byte[0] : Der.of(Der.SEQUENCE, entries));
    return pem("X509 CRL", signed(body, keys.getPrivate()));
  }

  private static X509Certificate issue(
      String issuer,
      PrivateKey key,
      String subject,
      KeyPair pair,
      Instant from,
      Instant until,
      byte[] extensions) {
    byte[] body =
        Der.of(
            Der.SEQUENCE,
            Der.of(0xa0, Der.of(Der.INTEGER, new byte[] {2})),
            Der.of(Der.INTEGER, BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()),
            ECDSA_SHA256,
            name(issuer),
            Der.of(Der.SEQUENCE, time(from), time(until)),
            name(subject),
            pair.getPublic().getEncoded(),
            Der.of(0xa3, extensions));
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(signed(body, key)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param san an alternative name as it is encoded (RFC 5280, 4.2.1.6)
  /// @param purpose 0 for none said, 1 for clients, 2 for servers
  private static byte[] extensions(boolean authority, byte @Nullable [] san, int purpose) {
    List<byte[]> all = new ArrayList<>();
    byte[] constraints = authority ? Der.of(Der.SEQUENCE, TRUE) : Der.of(Der.SEQUENCE);
    all.add(extension(Der.oid(2, 5, 29, 19), TRUE, constraints));
    byte[] uses = authority ? new byte[] {1, 6} : new byte[] {7, (byte) 0x80};
    all.add(extension(Der.oid(2, 5, 29, 15), TRUE, Der.of(Der.BIT_STRING, uses)));
    if (san != null) {
      all.add(extension(Der.oid(2, 5, 29, 17), new byte[0], Der.of(Der.SEQUENCE, san)));
    }
    if (purpose > 0) {
      int[] arcs = purpose == 1 ? CLIENT_AUTH : SERVER_AUTH;
      byte[] oid = Der.oid(1, 3, arcs);
      all.add(extension(Der.oid(2, 5, 29, 37), new byte[0], Der.of(Der.SEQUENCE, oid)));
    }
    return Der.of(Der.SEQUENCE, all.toArray(byte[][]::new));
  }

  private static byte[] extension(byte[] oid, byte[] critical, byte[] value) {
    return Der.of(Der.SEQUENCE, oid, critical, Der.of(Der.OCTET_STRING, value));
  }

  private static byte[] name(String commonName) {
    byte[] pair = Der.of(Der.SEQUENCE, Der.oid(2, 5, 4, 3), Der.text(Der.UTF8_STRING, commonName));
    return Der.of(Der.SEQUENCE, Der.of(Der.SET, pair));
  }

  private static byte[] time(Instant instant) {
    String text =
        DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .format(instant);
    return Der.text(Der.UTC_TIME, text);
  }

  private static byte[] signed(byte[] body, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(key);
      signature.update(body);
      byte[] bits = Der.of(Der.BIT_STRING, new byte[] {0}, signature.sign());
      return Der.of(Der.SEQUENCE, body, ECDSA_SHA256, bits);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
