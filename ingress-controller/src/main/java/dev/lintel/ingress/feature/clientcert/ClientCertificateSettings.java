package dev.lintel.ingress.feature.clientcert;

import dev.lintel.tls.ClientTrust;

/// Which clients a host serves.
///
/// @param clients whose certificates it takes
/// @param errorPage where others are sent (302); empty for a plain 400
/// @param passCertificate whether the upstream gets the certificate itself
/// @param name a regular expression that the subject of the certificate holds; empty for any
public record ClientCertificateSettings(
    ClientTrust clients, String errorPage, boolean passCertificate, String name) {
  /// The same for clients of another name.
  public ClientCertificateSettings withName(String other) {
    return new ClientCertificateSettings(clients, errorPage, passCertificate, other);
  }
}
