package dev.lintel.proxy.observe;

import java.util.ArrayList;
import java.util.List;

/// Where the counters of one series lie: the count of requests, and behind it, for each histogram,
/// a counter for each bucket, one for everything above, and the sum. What is not kept has no place.
final class CellLayout {
  /// What is measured of a request.
  enum Measure {
    REQUEST_DURATION(MetricFamilies.REQUEST_DURATION),
    CONNECT_DURATION(MetricFamilies.CONNECT_DURATION),
    HEADER_DURATION(MetricFamilies.HEADER_DURATION),
    RESPONSE_DURATION(MetricFamilies.RESPONSE_DURATION),
    REQUEST_SIZE(MetricFamilies.REQUEST_SIZE),
    RESPONSE_SIZE(MetricFamilies.RESPONSE_SIZE),
    BYTES_SENT(MetricFamilies.BYTES_SENT);

    private final MetricFamily family;

    Measure(MetricFamily family) {
      this.family = family;
    }

    MetricFamily family() {
      return family;
    }

    boolean isTime() {
      return ordinal() <= RESPONSE_DURATION.ordinal();
    }
  }

  private static final double NANOS = 1e9;
  private static final List<Measure> MEASURES = List.of(Measure.values());

  private final long[][] bounds = new long[MEASURES.size()][];
  private final List<List<String>> boundTexts = new ArrayList<>();

  /// 0 for a measure that is not kept.
  private final int[] offsets = new int[MEASURES.size()];

  private final int size;

  CellLayout(MetricsOptions options) {
    int at = 1;
    for (Measure measure : MEASURES) {
      List<Double> limits =
          switch (measure) {
            case REQUEST_DURATION, CONNECT_DURATION, HEADER_DURATION, RESPONSE_DURATION ->
                options.timeBuckets();
            case REQUEST_SIZE, RESPONSE_SIZE -> options.lengthBuckets();
            case BYTES_SENT -> options.sizeBuckets();
          };
      long[] own = new long[limits.size()];
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < own.length; i++) {
        own[i] = (long) Math.floor(limits.get(i) * (measure.isTime() ? NANOS : 1));
        texts.add(TextExposition.number(limits.get(i)));
      }
      bounds[measure.ordinal()] = own;
      boundTexts.add(texts);
      if (options.limits().keeps(measure.family().name())) {
        offsets[measure.ordinal()] = at;
        at += own.length + 2;
      }
    }
    size = at;
  }

  /// How many counters one series has.
  int size() {
    return size;
  }

  /// Whether a measure is counted and exported.
  boolean keeps(Measure measure) {
    return offsets[measure.ordinal()] > 0;
  }

  /// Counts one value: nanoseconds or bytes.
  void observe(Counts cell, Measure measure, long value) {
    int offset = offsets[measure.ordinal()];
    if (offset == 0) {
      return;
    }
    long[] own = bounds[measure.ordinal()];
    int bucket = 0;
    while (bucket < own.length && value > own[bucket]) {
      bucket++;
    }
    cell.add(offset + bucket, 1);
    cell.add(offset + own.length + 1, value);
  }

  /// The upper bounds as labels.
  List<String> boundTexts(Measure measure) {
    return boundTexts.get(measure.ordinal());
  }

  /// Adds the counters of a measure to `sums`: the buckets, what is above, the sum.
  void addTo(long[] sums, Counts cell, Measure measure) {
    int offset = offsets[measure.ordinal()];
    for (int i = 0; i < bounds[measure.ordinal()].length + 2; i++) {
      sums[i] += cell.get(offset + i);
    }
  }
}
