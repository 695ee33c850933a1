package dev.lintel.ingress.feature.affinity;

/// Affinity by a cookie.
///
/// @param persistent whether a client moves only when its endpoint is gone
/// @param domain may be empty
/// @param sameSite `None`, `Lax`, `Strict` or empty
/// @param conditionalNone whether `SameSite=None` is kept from browsers that do not know it
/// @param secure whether the cookie is for TLS only even where it is set without
/// @param expires seconds; -1 for none
/// @param maxAge seconds; -1 for none
/// @param changeOnFailure whether a client gets another endpoint for good when its own failed
public record AffinitySettings(
    boolean persistent,
    String name,
    String path,
    String domain,
    String sameSite,
    boolean conditionalNone,
    boolean secure,
    int expires,
    int maxAge,
    boolean changeOnFailure) {
  /// What a plan leaves out.
  public static final AffinitySettings DEFAULTS =
      new AffinitySettings(false, "INGRESSCOOKIE", "/", "", "", false, false, -1, -1, false);
}
