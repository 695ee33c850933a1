package dev.lintel.corpus.client;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How the product met a ClientHello.
///
/// @param alert the description of the alert that it sent, or null
/// @param certificate what it showed, or null
/// @param protocol what it chose of those offered by ALPN, or null
/// @param resumed whether it took up an earlier session rather than begin a new one
/// @param earlyData what became of data that was sent before its answer
public record Handshake(
    @Nullable Integer alert,
    @Nullable X509Certificate certificate,
    @Nullable String protocol,
    boolean resumed,
    EarlyData earlyData) {

  /// What becomes of early data (RFC 8446, 4.2.10).
  public enum EarlyData {
    /// There was none.
    NONE,
    /// It was passed over.
    REFUSED,
    /// It was passed over, though the session came with a promise to take it.
    PROMISED,
    /// It was taken.
    TAKEN
  }

  /// Whether the certificate names this host.
  public boolean covers(String host) {
    if (certificate == null) {
      return false;
    }
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(n -> n.get(1).toString().toLowerCase(Locale.ROOT).equals(host));
    } catch (CertificateParsingException _) {
      return false;
    }
  }
}
