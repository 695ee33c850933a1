package dev.lintel.proxy.message;

/// The protocol a client asks to change to, of those that are let through. Any other wish is
/// stripped and the request handled without it.
public enum Upgrade {
  NONE(""),
  WEBSOCKET("websocket"),
  /// What `kubectl exec` and its relatives speak.
  SPDY_3_1("SPDY/3.1");

  private final byte[] token;

  Upgrade(String token) {
    this.token = Octets.ascii(token);
  }

  /// The value of the field Upgrade; not to be changed.
  byte[] token() {
    return token;
  }
}
