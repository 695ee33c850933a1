package dev.lintel.ingress.plan;

import dev.lintel.tls.KeyMaterial;
import org.jspecify.annotations.Nullable;

/// A certificate and where it comes from (`default/shop-tls`, or `self-made`).
///
/// @param other one of the other kind, RSA or ECDSA, for the same host; null where there is none
public record CertificatePlan(
    String source, KeyMaterial material, @Nullable CertificatePlan other) {
  /// One alone.
  public CertificatePlan(String source, KeyMaterial material) {
    this(source, material, null);
  }

  /// The same beside one of the other kind.
  public CertificatePlan beside(CertificatePlan another) {
    return new CertificatePlan(source, material, another);
  }

  /// Whether it is `RSA` or `ECDSA`.
  public String kind() {
    return material.publicKeyAlgorithm();
  }
}
