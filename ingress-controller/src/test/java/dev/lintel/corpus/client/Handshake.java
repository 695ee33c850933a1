package dev.lintel.corpus.client;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How the product met a ClientHello.
///
/// @param resumed whether it took up an earlier session rather than begin a new one
///
/// @param alert the description of the alert that it sent, or null
/// @param certificate what it showed, or null
/// @param protocol what it chose of those offered by ALPN, or null
public record Handshake(
    @Nullable Integer alert,
    @Nullable X509Certificate certificate,
    @Nullable String protocol,
    boolean resumed) {

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
