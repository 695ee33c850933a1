package dev.lintel.proxy.fuzz;

/// A bug that a target pretends to have, deep inside of what it reads: a fuzzer that does not find
/// it within its time would not find a real one either. Only with `-Dlintel.fuzz.planted`.
final class Planted {
  private static final boolean ON = Boolean.getBoolean("lintel.fuzz.planted");

  private Planted() {}

  /// Fails where `reached` is the place of the bug.
  static void at(boolean reached) {
    if (ON && reached) {
      throw new AssertionError("the planted bug");
    }
  }
}
