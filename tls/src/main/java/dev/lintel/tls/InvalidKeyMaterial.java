package dev.lintel.tls;

/// A certificate and key that cannot be served. The message is one sentence for the user, `what was
/// found (expected: what)`, and never holds bytes of the key.
public final class InvalidKeyMaterial extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidKeyMaterial(String message) {
    super(message);
  }
}
