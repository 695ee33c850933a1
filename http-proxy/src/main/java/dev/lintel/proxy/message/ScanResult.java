package dev.lintel.proxy.message;

/// How far a scanner came.
public enum ScanResult {
  /// The head goes on beyond the bytes there are: scan again from the same start with more.
  INCOMPLETE,
  /// The head is filled and holds.
  COMPLETE,
  /// The bytes are refused; the head says why. Nothing behind them may be read as a message.
  MALFORMED
}
