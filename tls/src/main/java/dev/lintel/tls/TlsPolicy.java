package dev.lintel.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a server offers in a handshake. Equal policies share contexts; sessions are resumed only
/// under the policy that they were made with.
///
/// @param protocols `TLSv1.2`, `TLSv1.3`
/// @param ciphers names of OpenSSL or of the JDK; the client's order decides
/// @param groups key exchange groups, the preferred one first
/// @param applicationProtocols offered by ALPN (RFC 7301), the preferred one first
/// @param sessionSeconds how long a TLS 1.2 session may be resumed
/// @param sessionCacheSize TLS 1.2 sessions kept for each certificate; 0 for none
/// @param tickets who gets session tickets
public record TlsPolicy(
    List<String> protocols,
    List<String> ciphers,
    List<String> groups,
    List<String> applicationProtocols,
    int sessionSeconds,
    int sessionCacheSize,
    Tickets tickets) {

  /// The versions of TLS in which sessions are resumed by tickets. TLS 1.3 has no other way; the
  /// tickets of TLS 1.2 have no forward secrecy.
  public enum Tickets {
    /// None.
    NONE,
    /// TLS 1.3.
    TLS_1_3,
    /// All of them.
    ALL
  }

  /// Those of TLS 1.3, which cannot be chosen: Netty leaves TLS 1.3 out where none is named.
  static final List<String> CIPHERS_13 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /// The protocols of the intermediate policy.
  public static final List<String> USUAL_PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

  /// The ciphers for TLS 1.2 of the intermediate policy.
  public static final List<String> USUAL_CIPHERS =
      List.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305");

  /// The groups of the intermediate policy.
  public static final List<String> USUAL_GROUPS =
      List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

  private static final List<String> ALPN = List.of("h2", "http/1.1");

  /// How long a TLS 1.2 session may be resumed where nothing is said.
  public static final int USUAL_SESSION_SECONDS = 600;

  /// TLS 1.2 sessions kept for each certificate where nothing is said.
  public static final int USUAL_CACHE_SIZE = 2_000;

  /// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only.
  public static final TlsPolicy INTERMEDIATE = of(USUAL_PROTOCOLS, USUAL_CIPHERS, USUAL_GROUPS);

  /// TLS 1.3 only.
  public static final TlsPolicy MODERN = of(List.of("TLSv1.3"), List.of(), USUAL_GROUPS);

  /// The intermediate one with other protocols, ciphers and groups.
  ///
  /// @param ciphers of TLS 1.2; those of TLS 1.3 cannot be chosen
  public static TlsPolicy of(List<String> protocols, List<String> ciphers, List<String> groups) {
    return new TlsPolicy(
        protocols,
        both(CIPHERS_13, ciphers),
        groups,
        ALPN,
        USUAL_SESSION_SECONDS,
        USUAL_CACHE_SIZE,
        Tickets.TLS_1_3);
  }

  /// The same with other sessions.
  public TlsPolicy withSessions(int seconds, int cacheSize, Tickets given) {
    return new TlsPolicy(
        protocols, ciphers, groups, applicationProtocols, seconds, cacheSize, given);
  }

  /// Copies the lists.
  public TlsPolicy {
    protocols = List.copyOf(protocols);
    ciphers = List.copyOf(ciphers);
    groups = List.copyOf(groups);
    applicationProtocols = List.copyOf(applicationProtocols);
  }

  /// Bound to every session, so that none made under another policy is taken (a resumed session
  /// skips the checks of a full handshake), nor under another trust in clients.
  byte[] sessionContext(@Nullable ClientTrust clients) {
    String all =
        String.join(
            "\n",
            String.join(",", protocols),
            String.join(",", ciphers),
            String.join(",", groups),
            String.join(",", applicationProtocols),
            Integer.toString(sessionSeconds),
            Integer.toString(sessionCacheSize),
            tickets.name(),
            clients == null ? "" : clients.identity());
    try {
      return MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static List<String> both(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
