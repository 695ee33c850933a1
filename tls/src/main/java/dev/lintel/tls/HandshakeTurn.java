package dev.lintel.tls;

/// When the costly part of a handshake may begin: keys are agreed on, and a signature is made.
/// Asked once for each connection, on its event loop.
@FunctionalInterface
public interface HandshakeTurn {
  /// At once.
  HandshakeTurn NOW = (begin, _) -> begin.run();

  /// Runs `begin` when it is this handshake's turn, or `giveUp` where the connection ends before;
  /// either on the event loop, and before this returns or later.
  void await(Runnable begin, Runnable giveUp);
}
