package dev.lintel.ingress.feature.http3;

/// What clients are told about HTTP/3.
///
/// @param port the UDP port they reach; 0 for that of HTTPS
public record Http3Settings(int port) {
  /// What a plan leaves out.
  public static final Http3Settings DEFAULTS = new Http3Settings(0);

  /// How long clients may remember it: not much longer than somebody who switched it off waits.
  private static final int MAX_AGE_SECONDS = 3_600;

  String value(int httpsPort) {
    return "h3=\":" + (port > 0 ? port : httpsPort) + "\"; ma=" + MAX_AGE_SECONDS;
  }
}
