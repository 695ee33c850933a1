package dev.lintel.proxy.message;

/// Which field names of requests are for anybody. A name that is no token is refused in any case;
/// one that some server behind us reads as a name of the proxy's own (`X_Forwarded_For`,
/// `X.Real.IP`) is left out in any case.
public enum FieldNames {
  /// Letters, digits and `-`: what every server reads alike. All others are left out.
  PLAIN(Octets.ODD_TOKEN | Octets.UNDERSCORE),

  /// The underscore as well (`enable-underscores-in-headers`).
  WITH_UNDERSCORES(Octets.ODD_TOKEN),

  /// Every token (`ignore-invalid-headers: "false"`).
  ANY(0);

  private final int dropped;

  FieldNames(int dropped) {
    this.dropped = dropped;
  }

  /// The classes of bytes by which a name is left out.
  int dropped() {
    return dropped;
  }
}
