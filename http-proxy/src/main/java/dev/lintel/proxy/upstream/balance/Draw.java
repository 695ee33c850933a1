package dev.lintel.proxy.upstream.balance;

/// Draws among the endpoints not tried yet.
final class Draw {
  private Draw() {}

  /// A random one. Where all were tried, the last one if it may be repeated, else -1.
  static int one(Candidates from) {
    int left = left(from);
    if (left == 0) {
      return exhausted(from);
    }
    return at(from, from.random(left));
  }

  /// A random one other than `index`; -1 where there is no other.
  static int other(Candidates from, int index) {
    int left = left(from) - 1;
    if (left <= 0) {
      return -1;
    }
    int rank = from.random(left);
    int drawn = at(from, rank);
    // Behind `index` all are one place further.
    return drawn >= index ? at(from, rank + 1) : drawn;
  }

  /// What is left where all were tried.
  static int exhausted(Candidates from) {
    return from.mayRepeat() ? from.last() : -1;
  }

  private static int left(Candidates from) {
    int count = from.count();
    if (from.tries() == 0) {
      return count;
    }
    int left = 0;
    for (int i = 0; i < count; i++) {
      left += from.isTried(i) ? 0 : 1;
    }
    return left;
  }

  private static int at(Candidates from, int rank) {
    if (from.tries() == 0) {
      return rank;
    }
    int skip = rank;
    int at = 0;
    while (from.isTried(at) || skip-- > 0) {
      at++;
    }
    return at;
  }
}
