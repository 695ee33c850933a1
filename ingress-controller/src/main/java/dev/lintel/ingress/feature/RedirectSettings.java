package dev.lintel.ingress.feature;

/// What the redirects that Lintel makes by itself have in common.
public final class RedirectSettings {
  /// A status that keeps to redirects of the same resource.
  public enum Code {
    MOVED_PERMANENTLY(301),
    FOUND(302),
    TEMPORARY_REDIRECT(307),
    PERMANENT_REDIRECT(308);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    /// The status code.
    public int status() {
      return status;
    }

    @Override
    public String toString() {
      return Integer.toString(status);
    }
  }

  /// Status of the redirects from http to https and between hosts with and without `www.`.
  public static final Setting<Code> CODE =
      Setting.oneOf("http-redirect-code", Code.class)
          .onlyInConfigMap()
          .defaultsTo(Code.PERMANENT_REDIRECT)
          .text("Status of the redirects from http to https and of `from-to-www-redirect`.");

  /// Whether targets name the port.
  public static final Setting<Boolean> USE_PORT =
      Setting.bool("use-port-in-redirects")
          .alsoInConfigMap()
          .defaultsTo(false)
          .text("Names the port Lintel listens on in the redirects it makes by itself.");

  /// Whether targets on the same host leave scheme and host out.
  public static final Setting<Boolean> RELATIVE =
      Setting.bool("relative-redirects")
          .alsoInConfigMap()
          .defaultsTo(false)
          .text(
              "Leaves scheme and host out of those redirects of Lintel's own that keep both"
                  + " (`permanent-redirect` to a path, `app-root`, a path without its final slash).");

  private RedirectSettings() {}
}
