package dev.lintel.ingress.feature.clientcert;

import dev.lintel.tls.ClientTrust;

/// Which clients a host serves.
///
/// @param clients whose certificates it takes
/// @param errorPage where others are sent (302); empty for a plain 400
/// @param passCertificate whether the upstream gets the certificate itself
public record ClientCertificateSettings(
    ClientTrust clients, String errorPage, boolean passCertificate) {}
