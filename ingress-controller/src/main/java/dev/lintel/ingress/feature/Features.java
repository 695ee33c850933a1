package dev.lintel.ingress.feature;

import java.util.List;

/// The list of all features.
public final class Features {
  /// In the order in which a plan shows them and in which their response filters run.
  public static final List<Feature<?>> ALL = List.of();

  private Features() {}
}
