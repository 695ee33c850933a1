package dev.lintel.ingress.feature;

/// What all redirects that Lintel makes by itself have in common.
public final class RedirectSettings {
  /// Status of the redirect from http to https.
  public static final Setting<RedirectCode> CODE_WORD = null;

  private RedirectSettings() {}
}
