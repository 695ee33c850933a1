package dev.lintel.ingress.feature.affinity;

/// The browsers that refuse a cookie with `SameSite=None`
/// (<https://www.chromium.org/updates/same-site/incompatible-clients>), as far as ingress-nginx
/// knows them: Chrome before 70, and what runs on iOS 12 or is Safari on macOS 10.14.
final class NoneRefusal {
  private NoneRefusal() {}

  static boolean isExpectedOf(String userAgent) {
    boolean isOldChrome =
        userAgent.contains("Chrome/4")
            || userAgent.contains("Chrome/5")
            || userAgent.contains("Chrome/6");
    boolean isOldIos =
        userAgent.contains("CPU iPhone OS 12") || userAgent.contains("iPad; CPU OS 12");
    boolean isOldSafari =
        userAgent.contains("Macintosh")
            && userAgent.contains("Intel Mac OS X 10_14")
            && userAgent.contains("Safari")
            && !userAgent.contains("Chrome");
    return isOldChrome || isOldIos || isOldSafari;
  }
}
