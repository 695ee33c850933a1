package dev.lintel.proxy.filter;

/// What a request filter decided.
public enum Verdict {
  /// Go on with the next filter.
  CONTINUE,
  /// The filter answered (or failed) the request itself; nothing more runs.
  RESPONDED,
  /// The filter works elsewhere and calls `Exchange.resume` on the exchange's event loop later.
  SUSPENDED
}
