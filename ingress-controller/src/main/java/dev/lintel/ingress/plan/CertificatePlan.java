package dev.lintel.ingress.plan;

import dev.lintel.tls.KeyMaterial;

/// A certificate and where it comes from (`default/shop-tls`, or `self-made`).
public record CertificatePlan(String source, KeyMaterial material) {}
