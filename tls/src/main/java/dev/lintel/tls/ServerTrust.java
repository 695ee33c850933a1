package dev.lintel.tls;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which certificates an upstream may show: the authorities that issue them, how long a chain may
/// be, and the name that they have to be for. Immutable.
///
/// Equality is that of the authorities, the revocation lists, the depth and the name.
public final class ServerTrust {
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;
  private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
  private static final int SHOWN_DIGITS = 12;

  private final PeerChain chain;
  private final String name;
  private final @Nullable InetAddress address;
  private final String identity;

  private ServerTrust(Authorities authorities, int depth, String name) throws InvalidKeyMaterial {
    this.chain = new PeerChain(authorities, depth, PeerChain.Purpose.SERVER);
    this.name = name.toLowerCase(Locale.ROOT);
    this.address = address(name);
    this.identity = authorities.fingerprint() + " " + depth + " " + this.name;
  }

  /// Reads the PEM text of the authorities and of their revocation lists.
  ///
  /// @param lists null where nothing is said about revocation; else every authority needs a list
  /// @param depth how many authorities may stand between a server and a self-signed one
  /// @param name the name, or the address, that a certificate has to be for
  /// @throws InvalidKeyMaterial where one of them cannot be read, and where no authority is there
  ///   that signed itself: no server could ever be taken
  public static ServerTrust parse(byte[] bundle, byte @Nullable [] lists, int depth, String name)
      throws InvalidKeyMaterial {
    return new ServerTrust(Authorities.parse(bundle, lists), depth, name);
  }

  /// The name that a certificate has to be for, in lower case.
  public String name() {
    return name;
  }

  /// Refuses what must not be trusted. Takes about a millisecond of a processor, on any thread.
  ///
  /// @param sent what the server sent, its own certificate first
  /// @throws CertificateException says why
  void check(X509Certificate[] sent) throws CertificateException {
    ClientProof proof = chain.judge(sent);
    if (proof.result() != ClientProof.Result.GOOD) {
      throw new CertificateException(new String(proof.verify(), StandardCharsets.US_ASCII));
    }
    if (!speaksForName(sent[0])) {
      throw new CertificateException("FAILED:certificate is not for " + name);
    }
  }

  /// By an alternative name; by the common name only where no alternative one is a DNS name, as
  /// OpenSSL has it.
  private boolean speaksForName(X509Certificate leaf) throws CertificateParsingException {
    Collection<List<?>> all = leaf.getSubjectAlternativeNames();
    boolean hasDnsName = false;
    if (all != null) {
      for (List<?> each : all) {
        if (each.get(0) instanceof Integer type && each.get(1) instanceof String text) {
          hasDnsName |= type == DNS_NAME;
          if (type == (address == null ? DNS_NAME : IP_ADDRESS) && fits(text)) {
            return true;
          }
        }
      }
    }
    return address == null && !hasDnsName && commonNames(leaf).stream().anyMatch(this::fits);
  }

  private boolean fits(String text) {
    return address == null ? fitsName(text) : address.equals(address(text));
  }

  /// Equal, or a wildcard in place of the first label (RFC 6125, 6.4.3) of at least three.
  private boolean fitsName(String text) {
    String shown = text.toLowerCase(Locale.ROOT);
    if (shown.equals(name)) {
      return true;
    }
    int dot = name.indexOf('.');
    return dot > 0
        && name.indexOf('.', dot + 1) > 0
        && shown.startsWith("*.")
        && shown.substring(1).equals(name.substring(dot));
  }

  private static List<String> commonNames(X509Certificate leaf) {
    List<String> found = new ArrayList<>();
    Der name = Der.over(leaf.getSubjectX500Principal().getEncoded());
    if (name.next()) {
      Der sets = name.inside();
      while (sets.next()) {
        Der pairs = sets.inside();
        while (pairs.next()) {
          Der pair = pairs.inside();
          if (pair.next() && Arrays.equals(pair.whole(), COMMON_NAME) && pair.next()) {
            found.add(new String(pair.value(), StandardCharsets.UTF_8));
          }
        }
      }
    }
    return found;
  }

  private static @Nullable InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /// A text that no other trust has.
  String identity() {
    return identity;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || other instanceof ServerTrust trust && identity.equals(trust.identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  /// For people: the name, and the authorities as the beginning of a fingerprint.
  @Override
  public String toString() {
    return name + " sha256:" + identity.substring(0, SHOWN_DIGITS);
  }
}
