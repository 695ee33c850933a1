package dev.lintel.proxy.upstream.guard;

import org.jspecify.annotations.Nullable;

/// When endpoints of an upstream are left out.
///
/// @param failures how many in a row eject an endpoint; 0: none is ejected
/// @param ejectionMillis how long it is left out the first time; twice as long the next time, and
///   so on up to six times as long
/// @param countsServerErrors whether an answer of 500 or above is a failure, too
/// @param check how endpoints are asked whether they are well; null: they are not asked
public record HealthSettings(
    int failures, int ejectionMillis, boolean countsServerErrors, @Nullable CheckSettings check) {
  /// No endpoint is ever left out.
  public static final HealthSettings OFF = new HealthSettings(0, 0, false, null);

  /// What holds where nothing is said.
  public static final HealthSettings USUAL = new HealthSettings(5, 5_000, false, null);

  /// Refuses values that make no sense; users are told earlier and better.
  public HealthSettings {
    if (failures < 0 || failures > 0 && ejectionMillis < 1) {
      throw new IllegalArgumentException("out of range: " + failures + ", " + ejectionMillis);
    }
  }

  /// Whether nothing is ever left out.
  public boolean isOff() {
    return failures == 0 && check == null;
  }
}
