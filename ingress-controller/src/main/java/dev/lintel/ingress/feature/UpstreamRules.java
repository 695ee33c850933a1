package dev.lintel.ingress.feature;

import java.util.List;

/// The guards of an upstream: a circuit breaker and a bulkhead, both off unless asked for. An
/// upstream may serve several Ingresses, so the compiler reads them: the oldest Ingress wins.
public final class UpstreamRules {
  private static final int MOST_CALLS = 100_000;

  /// Share of failures that opens the breaker.
  public static final Setting<Integer> BREAKER_FAILURE_PERCENT =
      Setting.wholeNumber("circuit-breaker-failure-percent", 0, 100)
          .lintel()
          .defaultsTo(0)
          .text(
              "Share of failed calls, in percent, that opens the circuit breaker of the upstream;"
                  + " 0 is off. While it is open, requests get 503 at once.");

  /// Calls the share is taken of.
  public static final Setting<Integer> BREAKER_WINDOW =
      Setting.wholeNumber("circuit-breaker-window", 1, MOST_CALLS)
          .lintel()
          .defaultsTo(100)
          .text("How many of the last calls the share of failures is taken of.");

  /// Time until an open breaker tries again.
  public static final Setting<Integer> BREAKER_OPEN_SECONDS =
      Setting.seconds("circuit-breaker-open-seconds", 1, 86_400)
          .lintel()
          .defaultsTo(30)
          .text("How long an open circuit breaker refuses before it tries again.");

  /// Calls of a trial.
  public static final Setting<Integer> BREAKER_TRIAL_CALLS =
      Setting.wholeNumber("circuit-breaker-trial-calls", 1, MOST_CALLS)
          .lintel()
          .defaultsTo(10)
          .text("How many calls are tried before the circuit breaker closes or opens again.");

  /// Requests at once.
  public static final Setting<Integer> MAX_CONCURRENT =
      Setting.wholeNumber("max-concurrent-requests", 0, 1_000_000)
          .lintel()
          .defaultsTo(0)
          .text(
              "Requests the upstream may have in work at once, of each replica of Lintel; 0 is no"
                  + " limit. What is beyond gets 503.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(
          BREAKER_FAILURE_PERCENT,
          BREAKER_WINDOW,
          BREAKER_OPEN_SECONDS,
          BREAKER_TRIAL_CALLS,
          MAX_CONCURRENT);

  private UpstreamRules() {}
}
