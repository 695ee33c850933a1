package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// What became of each request: as its client saw it, and which backends saw it.
final class Ledger {
  private static final int MOST_TRIES = 3;

  /// A request as its client saw it.
  record Entry(String id, boolean idempotent, Outcome outcome) {}

  private final Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  /// A backend read the whole head of a request.
  void seen(String id, int backend) {
    seen.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>()).add(backend);
  }

  /// A client is done with a request.
  void done(String id, boolean idempotent, Outcome outcome) {
    entries.put(id, new Entry(id, idempotent, outcome));
  }

  /// The answer that only this backend gives to this request.
  static String answer(int backend, String id) {
    return backend + " answers " + id;
  }

  /// The backends that saw a request, in their order.
  List<Integer> sightings(String id) {
    return seen.getOrDefault(id, List.of());
  }

  /// The requests of which this is true.
  List<Entry> where(Predicate<Entry> predicate) {
    return entries.values().stream().filter(predicate).toList();
  }

  /// Those that a backend saw.
  List<Entry> seenAt(int backend) {
    return where(entry -> sightings(entry.id()).contains(backend));
  }

  /// The requests that failed, with the backends that saw them.
  @Override
  public String toString() {
    return where(entry -> !entry.outcome().isGood()).stream()
        .map(entry -> entry + " seen by " + sightings(entry.id()))
        .toList()
        .toString();
  }

  /// The books are in order: nothing was seen that nobody sent; what is not idempotent was seen
  /// once at most, anything else by three different backends at most; and what was answered came
  /// from one of those that saw it, for this very request.
  void check() {
    assertThat(entries.keySet()).containsAll(seen.keySet());
    for (Entry entry : entries.values()) {
      List<Integer> backends = sightings(entry.id());
      assertThat(backends)
          .as("%s", entry)
          .hasSizeLessThanOrEqualTo(entry.idempotent() ? MOST_TRIES : 1)
          .hasSize(new HashSet<>(backends).size());
      if (entry.outcome().isGood()) {
        assertThat(backends)
            .as("%s", entry)
            .extracting(backend -> answer(backend, entry.id()))
            .contains(entry.outcome().text());
      }
    }
  }
}
