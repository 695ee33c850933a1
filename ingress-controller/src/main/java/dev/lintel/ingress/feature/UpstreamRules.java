package dev.lintel.ingress.feature;

import dev.lintel.ingress.plan.HealthPlan;
import java.util.List;
import java.util.regex.Pattern;

/// The guards of an upstream: a circuit breaker and a bulkhead, both off unless asked for, and
/// which of its endpoints are left out. An upstream may serve several Ingresses, so the compiler
/// reads them: the oldest Ingress wins.
public final class UpstreamRules {
  private static final int MOST_CALLS = 100_000;
  private static final int MOST_IN_A_ROW = 1_000;
  private static final int HOUR = 3_600;
  private static final int MINUTE = 60;
  private static final int LONGEST_PATH = 1_024;

  /// Visible ASCII but for `#`, which begins what is never sent.
  private static final Pattern PATH = Pattern.compile("/[!-\"$-~]*");

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

  /// Failures that eject an endpoint.
  public static final Setting<Integer> EJECTION_FAILURES =
      Setting.wholeNumber("ejection-failures", 0, MOST_IN_A_ROW)
          .lintel()
          .alsoInConfigMap()
          .defaultsTo(HealthPlan.DEFAULTS.failures())
          .text(
              "After so many failures in a row an endpoint is left out for a while: connections that"
                  + " do not come about, are reset or bring no response that can be read, and"
                  + " timeouts. At most half of the endpoints are left out, never the last one; 0"
                  + " leaves none out.");

  /// How long an endpoint is ejected.
  public static final Setting<Integer> EJECTION_SECONDS =
      Setting.seconds("ejection-seconds", 1, HOUR)
          .lintel()
          .alsoInConfigMap()
          .defaultsTo(HealthPlan.DEFAULTS.ejectionSeconds())
          .text(
              "How long an endpoint that failed is left out the first time; each next time longer, up"
                  + " to six times as long.");

  /// Whether answers may be failures.
  public static final Setting<Boolean> EJECTION_ON_SERVER_ERRORS =
      Setting.bool("ejection-on-server-errors")
          .lintel()
          .alsoInConfigMap()
          .defaultsTo(HealthPlan.DEFAULTS.onServerErrors())
          .text("Counts responses with a status of 500 or above among these failures.");

  /// What endpoints are asked.
  public static final Setting<String> HEALTH_CHECK_PATH =
      Setting.text("health-check-path", PATH, LONGEST_PATH, "a path, with a query if wanted")
          .lintel()
          .text(
              "Has Lintel ask each endpoint for this path from time to time. One that does not answer"
                  + " with a status from 200 to 399 is left out until it does; where fewer than half"
                  + " are left, all are used.");

  /// How often.
  public static final Setting<Integer> HEALTH_CHECK_INTERVAL =
      Setting.seconds("health-check-interval", 1, HOUR)
          .lintel()
          .defaultsTo(HealthPlan.DEFAULTS.checkIntervalSeconds())
          .text("Seconds from one health check of an endpoint to the next, give or take a tenth.");

  /// How long a check may take.
  public static final Setting<Integer> HEALTH_CHECK_TIMEOUT =
      Setting.seconds("health-check-timeout", 1, MINUTE)
          .lintel()
          .defaultsTo(HealthPlan.DEFAULTS.checkTimeoutSeconds())
          .text("Seconds after which a health check without an answer has failed.");

  /// Checks until an endpoint is used again.
  public static final Setting<Integer> HEALTH_CHECK_SUCCESSES =
      Setting.wholeNumber("health-check-successes", 1, MOST_IN_A_ROW)
          .lintel()
          .defaultsTo(HealthPlan.DEFAULTS.checkSuccesses())
          .text("Health checks in a row that must succeed before an endpoint is used again.");

  /// Checks until an endpoint is left out.
  public static final Setting<Integer> HEALTH_CHECK_FAILURES =
      Setting.wholeNumber("health-check-failures", 1, MOST_IN_A_ROW)
          .lintel()
          .defaultsTo(HealthPlan.DEFAULTS.checkFailures())
          .text("Health checks in a row that must fail before an endpoint is left out.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(
          BREAKER_FAILURE_PERCENT,
          BREAKER_WINDOW,
          BREAKER_OPEN_SECONDS,
          BREAKER_TRIAL_CALLS,
          MAX_CONCURRENT,
          EJECTION_FAILURES,
          EJECTION_SECONDS,
          EJECTION_ON_SERVER_ERRORS,
          HEALTH_CHECK_PATH,
          HEALTH_CHECK_INTERVAL,
          HEALTH_CHECK_TIMEOUT,
          HEALTH_CHECK_SUCCESSES,
          HEALTH_CHECK_FAILURES);

  private UpstreamRules() {}
}
