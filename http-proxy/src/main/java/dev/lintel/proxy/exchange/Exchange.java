package dev.lintel.proxy.exchange;

/// One request in flight, from its first byte to its last line in the log.
public final class Exchange {
  Exchange() {}
}
