package dev.lintel.proxy.upstream.balance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// The endpoints of one upstream as one loop sees them, with a clock and chance that a test rules.
final class Standing implements Candidates {
  static final String UPSTREAM = "default-shop-80";

  final Set<Integer> tried = new HashSet<>();
  long now;
  boolean repeats;
  int last = -1;
  private final Random random;
  private final Collection<Derivation> wanted;
  private List<String> names = List.of();
  private Derived derived = Derived.NOTHING;
  private int turn;

  Standing(long seed, Balancer by) {
    this(seed, by.needs());
  }

  private Standing(long seed, Collection<Derivation> wanted) {
    this.random = new Random(seed);
    this.wanted = wanted;
  }

  /// Endpoints `10.0.0.from:8080` up to `to`.
  static List<String> names(int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i <= to; i++) {
      names.add("10.0.0." + i + ":8080");
    }
    return names;
  }

  Standing of(List<String> all) {
    return of(all, List.of());
  }

  /// The same where others are left out for a while.
  Standing of(List<String> all, List<String> out) {
    derived = Derived.of(UPSTREAM, all, out, wanted, derived, names.isEmpty(), now);
    names = all;
    return this;
  }

  /// The same endpoints, with the same loads, as another loop sees them.
  Standing onAnotherLoop(long seed) {
    Standing other = new Standing(seed, wanted);
    other.names = names;
    other.derived = derived;
    other.turn = names.size() / 2;
    return other;
  }

  String name(int index) {
    return names.get(index);
  }

  @Override
  public int count() {
    return names.size();
  }

  @Override
  public int tries() {
    return tried.size();
  }

  @Override
  public boolean isTried(int index) {
    return tried.contains(index);
  }

  @Override
  public boolean mayRepeat() {
    return repeats;
  }

  @Override
  public int last() {
    return last;
  }

  @Override
  public int inTurn() {
    for (int i = 0; i < names.size(); i++) {
      int at = turn++ % names.size();
      if (!tried.contains(at)) {
        return at;
      }
    }
    return -1;
  }

  @Override
  public int random(int bound) {
    return random.nextInt(bound);
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Derived derived() {
    return derived;
  }
}
