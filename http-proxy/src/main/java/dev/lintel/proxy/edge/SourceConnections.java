package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections each source has: one IPv4 address, or one IPv6 network of 64 bits, for a
/// client there has all addresses of its network. Shared by all loops; only the first connection of
/// a source takes a lock, and that of a part of the table.
final class SourceConnections {
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final int V4_BITS = 32;

  private final ConcurrentMap<Long, Count> counts = new ConcurrentHashMap<>();

  /// The connections of one source.
  final class Count {
    /// What a count that is not in the table any more holds.
    private static final int RETIRED = -1;

    private final Long source;
    private final AtomicInteger open = new AtomicInteger();

    private Count(Long source) {
      this.source = source;
    }

    int open() {
      return open.get();
    }

    private boolean enter() {
      int before = open.get();
      while (before != RETIRED) {
        if (open.compareAndSet(before, before + 1)) {
          return true;
        }
        before = open.get();
      }
      return false;
    }

    /// One of them has ended.
    void leave() {
      if (open.decrementAndGet() == 0 && open.compareAndSet(0, RETIRED)) {
        counts.remove(source, this);
      }
    }
  }

  /// Counts one more, until it is told to leave.
  Count add(ClientAddress client) {
    Long source = source(client);
    while (true) {
      Count count = counts.get(source);
      if (count == null) {
        Count made = new Count(source);
        count = counts.putIfAbsent(source, made);
        count = count == null ? made : count;
      }
      if (count.enter()) {
        return count;
      }
      counts.remove(source, count);
    }
  }

  /// How many sources have connections.
  int sources() {
    return counts.size();
  }

  /// No network of IPv6 that a packet can come from begins with 32 zero bits, as an IPv4 address
  /// does here.
  private static Long source(ClientAddress client) {
    boolean v4 = client.high() == 0 && client.low() >>> V4_BITS == MAPPED >>> V4_BITS;
    return v4 ? client.low() & 0xffff_ffffL : client.high();
  }
}
