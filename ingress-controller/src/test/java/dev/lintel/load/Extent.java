package dev.lintel.load;

/// How much load the tests make: as much as fits into `make test`, or all that `docs/limits.md`
/// speaks of (`make slow-it FULL=1`).
final class Extent {
  private static final boolean FULL = Boolean.getBoolean("lintel.load.full");

  private Extent() {}

  static int of(int brief, int full) {
    return FULL ? full : brief;
  }
}
