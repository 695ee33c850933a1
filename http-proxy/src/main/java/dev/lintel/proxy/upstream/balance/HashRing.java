package dev.lintel.proxy.upstream.balance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// A ring of hashes on which each of some names has 160 points: a hash belongs to the name whose
/// point lies before it. When a name comes or goes, only the hashes beside its points move.
///
/// Points and hash are those of ingress-nginx's `resty.chash`: the first point of a name is the
/// CRC-32 of its text, chained with zero, each next one chained with the point before; a hash below
/// the lowest point belongs to that lowest point. Immutable.
public final class HashRing {
  private static final int POINTS = 160;
  private static final int INDEX_BITS = 20;
  private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;
  private static final long UNSIGNED = 0xffff_ffffL;

  /// Hash and index of each point in one number, ascending.
  private final long[] points;

  private HashRing(long[] points) {
    this.points = points;
  }

  /// The ring of these names, at most a million. Takes milliseconds for hundreds of names.
  public static HashRing of(List<String> names) {
    long[] points = new long[names.size() * POINTS];
    int at = 0;
    for (int index = 0; index < names.size(); index++) {
      byte[] name = names.get(index).getBytes(StandardCharsets.US_ASCII);
      int base = Crc32.of(name, 0, name.length);
      int hash = 0;
      for (int i = 0; i < POINTS; i++) {
        hash = Crc32.chained(base, hash);
        points[at++] = (hash & UNSIGNED) << INDEX_BITS | index;
      }
    }
    Arrays.sort(points);
    return new HashRing(points);
  }

  /// The hash of a key.
  public static int hash(byte[] key, int offset, int length) {
    return Crc32.of(key, offset, length);
  }

  /// The point that `hash` belongs to; -1 on a ring without names.
  int find(int hash) {
    int found = Arrays.binarySearch(points, (hash & UNSIGNED) << INDEX_BITS | INDEX_MASK);
    int at = found >= 0 ? found : -found - 2;
    return at < 0 && points.length > 0 ? 0 : at;
  }

  /// The index of the name at a point.
  int index(int point) {
    return (int) points[point] & INDEX_MASK;
  }

  /// The index of the name that `hash` belongs to; -1 on a ring without names.
  public int indexOf(int hash) {
    int point = find(hash);
    return point < 0 ? -1 : index(point);
  }

  /// The index that `hash` would belong to on a ring without those that were tried; -1 where all
  /// were. A client thus stays with the same substitute when its endpoint is left out.
  int untried(int hash, Candidates from) {
    int point = find(hash);
    for (int i = point; i >= 0; i--) {
      if (!from.isTried(index(i))) {
        return index(i);
      }
    }
    for (int i = point + 1; i < points.length; i++) {
      if (!from.isTried(index(i))) {
        return index(i);
      }
    }
    return -1;
  }
}
