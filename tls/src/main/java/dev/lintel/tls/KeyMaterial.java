package dev.lintel.tls;

/// A certificate chain and its private key; equal when their fingerprint is equal.
///
/// @param fingerprint hex of the SHA-256 of chain and key
public record KeyMaterial(String fingerprint) {}
