package dev.lintel.proxy.filter;

/// What a request filter decided.
public enum Verdict {
  /// Go on with the next filter.
  CONTINUE,
  /// The filter guards the route and lets the request in: go on; where any one guard suffices,
  /// behind the last of them.
  GRANTED,
  /// The filter guards the route and would not let the request in: the answer it gave to
  /// `Exchange.refuse` is sent, unless any one guard suffices and another one lets it in.
  REFUSED,
  /// The filter answered (or failed) the request itself; nothing more runs.
  RESPONDED,
  /// The filter works elsewhere and calls `Exchange.resume` on the exchange's event loop later.
  SUSPENDED
}
