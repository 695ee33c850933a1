package dev.lintel.tls;

/// Which certificate is shown for which server name.
public final class CertificateIndex {
  CertificateIndex() {}
}
