package dev.lintel.corpus.client;

/// A session of TLS 1.3 that a server gave for later (RFC 8446, 4.6.1).
///
/// @param ticket what the server wants to see again
/// @param key the key that both sides have of it
/// @param ageMask added to the age that is told
/// @param sinceNanos when it came, by [System#nanoTime]
/// @param earlyBytes how much early data the server promises to take; 0 for none
public record TlsSession(byte[] ticket, byte[] key, int ageMask, long sinceNanos, long earlyBytes) {
  /// Its age as a hello tells it, in milliseconds.
  int maskedAge() {
    return (int) ((System.nanoTime() - sinceNanos) / 1_000_000) + ageMask;
  }
}
