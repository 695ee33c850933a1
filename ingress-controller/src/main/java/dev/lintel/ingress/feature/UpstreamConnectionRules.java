package dev.lintel.ingress.feature;

import dev.lintel.ingress.plan.ConnectionsPlan;
import java.time.Duration;
import java.util.List;

/// How connections to upstreams are kept, for the whole controller; read by the compiler.
public final class UpstreamConnectionRules {
  private static final int DAY = 86_400;

  /// Milliseconds of more days are no `int` any more.
  private static final int LONGEST_DAYS = 24;

  /// Idle connections.
  public static final Setting<Integer> CONNECTIONS =
      Setting.wholeNumber("upstream-keepalive-connections", 0, 100_000)
          .onlyInConfigMap()
          .defaultsTo(ConnectionsPlan.USUAL.idle())
          .text(
              "Connections to an upstream that may wait for their next request, on each event loop;"
                  + " 0 makes a new one for each request.");

  /// How long one waits.
  public static final Setting<Integer> TIMEOUT =
      Setting.seconds("upstream-keepalive-timeout", 1, DAY)
          .onlyInConfigMap()
          .defaultsTo(ConnectionsPlan.USUAL.idleSeconds())
          .text(
              "Seconds that a connection to an upstream waits for its next request. An upstream that"
                  + " closes such connections itself should do so later.");

  /// Requests of one connection.
  public static final Setting<Integer> REQUESTS =
      Setting.wholeNumber("upstream-keepalive-requests", 1, 1_000_000_000)
          .onlyInConfigMap()
          .defaultsTo(ConnectionsPlan.USUAL.requests())
          .text("Requests that a connection to an upstream serves before it is closed.");

  /// The age of a connection.
  public static final Setting<Duration> TIME =
      Setting.time("upstream-keepalive-time", Duration.ofSeconds(1), Duration.ofDays(LONGEST_DAYS))
          .onlyInConfigMap()
          .defaultsTo(Duration.ofSeconds(ConnectionsPlan.USUAL.ageSeconds()))
          .text("The age from which on a connection to an upstream takes no more requests.");

  /// All of them.
  public static final List<Setting<?>> ALL = List.of(CONNECTIONS, TIMEOUT, REQUESTS, TIME);

  private UpstreamConnectionRules() {}
}
