package dev.lintel.proxy.overload;

/// What the proxy does when it runs short of something, each stage with what those before it do.
/// Ports for administration and health are never concerned.
public enum Stage {
  /// Nothing.
  CALM(0),
  /// Idle connections are closed after [#HURRIED_IDLE_MILLIS].
  HURRIED(0.85),
  /// Connections are closed behind their present requests: `Connection: close`, GOAWAY.
  CLOSING(0.92),
  /// New requests are refused with 503 and `Retry-After`, and new connections wait to be accepted.
  REFUSING(0.95),
  /// Responses whose clients do not take them are given up, the largest first.
  SHEDDING(0.98);

  /// How long a connection may be idle from [#HURRIED] on.
  public static final int HURRIED_IDLE_MILLIS = 5_000;

  /// How far below its threshold the use must fall before a stage ends, so that it does not end and
  /// begin all the time.
  private static final double SLACK = 0.02;

  private final double from;

  Stage(double from) {
    this.from = from;
  }

  /// The stage that follows `this` where `share` (0 to 1) of the scarcest resource is in use.
  Stage next(double share) {
    Stage reached = CALM;
    for (Stage each : values()) {
      double threshold = each.compareTo(this) <= 0 ? each.from - SLACK : each.from;
      if (share >= threshold) {
        reached = each;
      }
    }
    return reached;
  }
}
