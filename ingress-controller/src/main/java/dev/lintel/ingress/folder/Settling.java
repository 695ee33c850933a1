package dev.lintel.ingress.folder;

import dev.lintel.ingress.folder.FolderTree.Stamp;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Tells whether a file has rested: whoever writes it may not have finished yet, and whoever has
/// removed it may be about to put another in its place. Used by one thread.
final class Settling {
  /// How long a file must stay as it is.
  static final long MILLIS = 150;

  /// The state of a file that is not there.
  static final Stamp GONE = new Stamp(-1, 0, null);

  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(Stamp stamp, long sinceNanos) {}

  /// Whether the file has been in this state for long enough, by its own time or by ours.
  boolean hasSettled(String name, Stamp stamp) {
    long modified = TimeUnit.NANOSECONDS.toMillis(stamp.modifiedNanos());
    if (!stamp.equals(GONE) && System.currentTimeMillis() - modified >= MILLIS) {
      return true;
    }
    long now = System.nanoTime();
    Seen before = seen.get(name);
    if (before == null || !before.stamp().equals(stamp)) {
      seen.put(name, new Seen(stamp, now));
      return false;
    }
    return now - before.sinceNanos() >= TimeUnit.MILLISECONDS.toNanos(MILLIS);
  }

  /// The state of this file is known by now.
  void forget(String name) {
    seen.remove(name);
  }

  /// Nothing is awaited of these files any more.
  void forgetIf(Predicate<String> names) {
    seen.keySet().removeIf(names);
  }

  /// Whether nothing is awaited.
  boolean isOver() {
    return seen.isEmpty();
  }
}
