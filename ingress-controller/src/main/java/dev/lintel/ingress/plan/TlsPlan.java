package dev.lintel.ingress.plan;

import dev.lintel.tls.TicketSecret;
import dev.lintel.tls.TlsPolicy;
import org.jspecify.annotations.Nullable;

/// What the ConfigMap says about handshakes with clients.
///
/// @param policy protocols, ciphers and groups (`ssl-protocols`, `ssl-ciphers`, `ssl-ecdh-curve`)
/// @param refusesUnknown whether a handshake is refused that names no host or one that no rule has
///   (`ssl-reject-handshake`); otherwise it is shown the default certificate
/// @param ticketSecret what the keys of session tickets are derived from, so that all pods have the
///   same; null for keys of this process alone
/// @param staples whether certificates are shown with an OCSP answer (`enable-ocsp`)
public record TlsPlan(
    TlsPolicy policy,
    boolean refusesUnknown,
    @Nullable TicketSecret ticketSecret,
    boolean staples) {
  /// Where the ConfigMap says nothing.
  public static final TlsPlan USUAL = new TlsPlan(TlsPolicy.INTERMEDIATE, false);

  /// One whose ticket keys are those of this process alone, and without OCSP answers.
  public TlsPlan(TlsPolicy policy, boolean refusesUnknown) {
    this(policy, refusesUnknown, null, false);
  }
}
