package dev.lintel.ingress.feature.externalauth;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Answers of one route that count for a while. Shared by all loops without a lock, and of a fixed
/// size: a key has a few places where it may stand, and of those the answer goes that would have
/// been forgotten first. Two loops that write at once may lose one of the two answers, which costs
/// a question.
final class AnswerCache {
  private static final int SETS = 1024;
  private static final int PLACES = 4;

  /// @param until on the clock of [System#nanoTime]
  private record Kept(byte[] key, AuthAnswer answer, long until) {}

  private final AtomicReferenceArray<@Nullable Kept> places =
      new AtomicReferenceArray<>(SETS * PLACES);

  /// The answer kept for `key`, or null.
  ///
  /// @param key a digest: its bytes are evenly spread
  @Nullable AuthAnswer find(byte[] key, long now) {
    int first = first(key);
    for (int i = first; i < first + PLACES; i++) {
      Kept kept = places.get(i);
      if (kept != null && kept.until() - now > 0 && Arrays.equals(kept.key(), key)) {
        return kept.answer();
      }
    }
    return null;
  }

  /// Keeps an answer.
  void keep(byte[] key, AuthAnswer answer, long now, long until) {
    int first = first(key);
    int chosen = first;
    long soonest = Long.MAX_VALUE;
    for (int i = first; i < first + PLACES; i++) {
      Kept kept = places.get(i);
      if (kept == null || Arrays.equals(kept.key(), key)) {
        chosen = i;
        break;
      }
      if (kept.until() - now < soonest) {
        soonest = kept.until() - now;
        chosen = i;
      }
    }
    places.set(chosen, new Kept(key, answer, until));
  }

  private static int first(byte[] key) {
    return ((key[0] & 0xff) << 8 | key[1] & 0xff) % SETS * PLACES;
  }
}
