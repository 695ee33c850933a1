package dev.lintel.proxy;

/// A port that the proxy should listen on is taken, or may not be used.
public final class AddressInUse extends Exception {
  private static final long serialVersionUID = 1L;

  private final int port;

  /// Names the address and what the system said.
  public AddressInUse(String address, int port, Throwable cause) {
    super("cannot listen on " + address + ":" + port + ": " + cause.getMessage(), cause);
    this.port = port;
  }

  /// The port that is taken.
  public int port() {
    return port;
  }
}
