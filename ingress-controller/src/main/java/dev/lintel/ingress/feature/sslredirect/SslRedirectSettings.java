package dev.lintel.ingress.feature.sslredirect;

/// How clients are sent to https.
///
/// @param code status of the redirect
/// @param withPort whether the target names the https port
public record SslRedirectSettings(int code, boolean withPort) {
  /// What a plan leaves out.
  public static final SslRedirectSettings DEFAULTS = new SslRedirectSettings(308, false);
}
