package dev.lintel.ingress.feature.ratelimit;

/// One number for each client address, in bounded memory, shared by all event loops.
///
/// Addresses spread over stripes; each stripe is a small open-addressed table behind a lock that is
/// held for a few dozen nanoseconds. A stripe grows up to its bound; then a new address takes the
/// place of the one whose number is lowest in its neighbourhood (for rates: the one that has been
/// quiet for longest), so a flood of addresses costs no memory and closes nobody out.
final class ClientTable {
  private static final int STRIPES = 16;
  private static final int NEIGHBOURHOOD = 16;
  private static final int FIRST_SIZE = 32;

  /// What is done with the number of one client, under the stripe's lock.
  interface Step {
    /// The new number, or `REFUSE` to leave it as it is.
    long next(long present, long argument);
  }

  /// Answer of a step that changes nothing.
  static final long REFUSE = Long.MIN_VALUE;

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Step step;
  private final long absent;

  /// @param absent the number of a client that is not in the table; a number that falls back to it
  ///   or below may be forgotten
  /// @param mostClients bound of the addresses kept; a power of two
  ClientTable(Step step, long absent, int mostClients) {
    this.step = step;
    this.absent = absent;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(mostClients / STRIPES);
    }
  }

  /// Applies the step to the number of the client `high:low`; false where it refused.
  boolean apply(long high, long low, long argument) {
    long hash = mix(high, low);
    Stripe stripe = stripes[(int) hash & (STRIPES - 1)];
    synchronized (stripe) {
      return stripe.apply(high, low, (int) (hash >>> 32), argument);
    }
  }

  /// How many clients are in the table.
  int size() {
    int sum = 0;
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        sum += stripe.used;
      }
    }
    return sum;
  }

  private static long mix(long high, long low) {
    long x = (high * 0x9E3779B97F4A7C15L) ^ low;
    x = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
    x = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
    return x ^ (x >>> 32);
  }

  /// Three longs an entry: address high, address low, number. An entry is free where its number is
  /// `absent`.
  private final class Stripe {
    private final int mostEntries;
    private long[] entries;
    private int used;

    Stripe(int mostEntries) {
      this.mostEntries = Math.max(mostEntries, NEIGHBOURHOOD);
      this.entries = fresh(Math.min(FIRST_SIZE, this.mostEntries));
    }

    private long[] fresh(int size) {
      long[] table = new long[size * 3];
      for (int i = 2; i < table.length; i += 3) {
        table[i] = absent;
      }
      return table;
    }

    boolean apply(long high, long low, int hash, long argument) {
      int at = find(high, low, hash);
      long present = at >= 0 ? entries[at + 2] : absent;
      long next = step.next(present, argument);
      if (next == REFUSE) {
        return false;
      }
      if (at < 0) {
        if (next > absent) {
          insert(high, low, hash, next);
        }
      } else {
        entries[at + 2] = next;
        if (next <= absent) {
          entries[at + 2] = absent;
          used--;
        }
      }
      return true;
    }

    private int find(long high, long low, int hash) {
      int size = entries.length / 3;
      for (int i = 0; i < NEIGHBOURHOOD; i++) {
        int at = ((hash + i) & (size - 1)) * 3;
        if (entries[at + 2] != absent && entries[at] == high && entries[at + 1] == low) {
          return at;
        }
      }
      return -1;
    }

    private void insert(long high, long low, int hash, long number) {
      int at = place(hash);
      if (entries[at + 2] != absent && entries.length / 3 < mostEntries) {
        grow();
        at = place(hash);
      }
      if (entries[at + 2] == absent) {
        used++;
      }
      entries[at] = high;
      entries[at + 1] = low;
      entries[at + 2] = number;
    }

    /// A free entry of the neighbourhood, else the one with the lowest number.
    private int place(int hash) {
      int size = entries.length / 3;
      int lowest = (hash & (size - 1)) * 3;
      for (int i = 0; i < NEIGHBOURHOOD; i++) {
        int at = ((hash + i) & (size - 1)) * 3;
        if (entries[at + 2] == absent) {
          return at;
        }
        if (entries[at + 2] < entries[lowest + 2]) {
          lowest = at;
        }
      }
      return lowest;
    }

    private void grow() {
      long[] old = entries;
      entries = fresh(old.length / 3 * 2);
      used = 0;
      for (int at = 0; at < old.length; at += 3) {
        if (old[at + 2] != absent) {
          insert(old[at], old[at + 1], (int) (mix(old[at], old[at + 1]) >>> 32), old[at + 2]);
        }
      }
    }
  }
}
