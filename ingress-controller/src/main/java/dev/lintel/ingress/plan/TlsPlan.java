package dev.lintel.ingress.plan;

import dev.lintel.tls.TlsPolicy;

/// What the ConfigMap says about handshakes with clients.
///
/// @param policy protocols, ciphers and groups (`ssl-protocols`, `ssl-ciphers`, `ssl-ecdh-curve`)
/// @param refusesUnknown whether a handshake is refused that names no host or one that no rule has
///   (`ssl-reject-handshake`); otherwise it is shown the default certificate
public record TlsPlan(TlsPolicy policy, boolean refusesUnknown) {
  /// Where the ConfigMap says nothing.
  public static final TlsPlan USUAL = new TlsPlan(TlsPolicy.INTERMEDIATE, false);
}
