package dev.lintel.tls;

import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Which certificates of clients a server takes: the authorities that issue them, how long a chain
/// may be, and what becomes of a client without one. Immutable.
///
/// A client is never turned away in the handshake, where it would see nothing but an alert: its
/// certificate is judged when the handshake is over, of a resumed session as well, and the answer
/// to its requests says the rest.
///
/// Equality is that of the authorities, the revocation lists, the mode and the depth.
public final class ClientTrust {
  /// What a client must show.
  public enum Mode {
    /// A certificate of one of the authorities.
    ON,
    /// A certificate of one of the authorities, or none.
    OPTIONAL,
    /// Any certificate that is valid by itself, or none: whoever is behind the server decides.
    OPTIONAL_NO_CA
  }

  private static final int SHOWN_DIGITS = 12;

  private final Mode mode;
  private final int depth;
  private final Authorities authorities;
  private final PeerChain chain;
  private final String identity;

  private ClientTrust(Mode mode, int depth, Authorities authorities) throws InvalidKeyMaterial {
    this.mode = mode;
    this.depth = depth;
    this.authorities = authorities;
    this.chain = new PeerChain(authorities, depth, PeerChain.Purpose.CLIENT);
    this.identity = authorities.fingerprint() + " " + mode + " " + depth;
  }

  /// Reads the PEM text of the authorities and of their revocation lists.
  ///
  /// @param lists null where nothing is said about revocation; else every authority needs a list
  /// @param depth how many authorities may stand between a client and a self-signed one
  /// @throws InvalidKeyMaterial where one of them cannot be read, and where no authority is there
  ///   that signed itself: no client could ever be taken
  public static ClientTrust parse(byte[] bundle, byte @Nullable [] lists, Mode mode, int depth)
      throws InvalidKeyMaterial {
    return new ClientTrust(mode, depth, Authorities.parse(bundle, lists));
  }

  /// What a client must show.
  public Mode mode() {
    return mode;
  }

  /// How many authorities may stand between a client and a self-signed one.
  public int depth() {
    return depth;
  }

  /// Judges what a client showed in the handshake of this session, or of the one it resumes. Takes
  /// about a millisecond of a processor, on any thread.
  public ClientProof judge(SSLSession session) {
    try {
      return chain.judge(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException _) {
      return ClientProof.NONE;
    }
  }

  /// Whether requests of a client with this proof are served.
  public boolean accepts(ClientProof proof) {
    return switch (proof.result()) {
      case GOOD -> true;
      case NONE -> mode != Mode.ON;
      case UNKNOWN_ISSUER -> mode == Mode.OPTIONAL_NO_CA;
      case BAD -> false;
    };
  }

  /// The authorities, as the handshake names them to clients.
  X509Certificate[] authorities() {
    return authorities.certificates().toArray(X509Certificate[]::new);
  }

  /// A text that no other trust has.
  String identity() {
    return identity;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || other instanceof ClientTrust trust && identity.equals(trust.identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  /// For people: the authorities as the beginning of a fingerprint.
  @Override
  public String toString() {
    return mode + " depth " + depth + " sha256:" + identity.substring(0, SHOWN_DIGITS);
  }
}
