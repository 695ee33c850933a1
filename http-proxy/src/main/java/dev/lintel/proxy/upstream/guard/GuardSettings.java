package dev.lintel.proxy.upstream.guard;

/// What guards an upstream; 0 switches a part off.
///
/// @param failurePercent failures among the last `window` requests that open the breaker; 0 for no
///   breaker
/// @param window how many requests the breaker looks back on; it stays closed before so many
/// @param openMillis how long an open breaker refuses before it lets requests try
/// @param trialRequests how many requests try; when they have ended, the breaker opens or closes
/// @param maxConcurrent requests on their way at once, over all event loops; 0 for no bulkhead
public record GuardSettings(
    int failurePercent, int window, int openMillis, int trialRequests, int maxConcurrent) {
  /// No guard at all.
  public static final GuardSettings OFF = new GuardSettings(0, 0, 0, 0, 0);

  /// Refuses values that no guard can be made of; users are told earlier and better.
  public GuardSettings {
    if (failurePercent < 0 || failurePercent > 100 || maxConcurrent < 0) {
      throw new IllegalArgumentException("out of range: " + failurePercent + ", " + maxConcurrent);
    }
    if (failurePercent > 0 && (window < 1 || openMillis < 1 || trialRequests < 1)) {
      throw new IllegalArgumentException("a breaker needs a window, a time and trial requests");
    }
  }
}
