package dev.lintel.proxy.observe;

import java.util.ArrayList;
import java.util.List;

/// Where the counters of one series lie: the count of requests, and behind it, for each histogram,
/// a counter for each bucket, one for everything above, and the sum.
final class CellLayout {
  /// What is measured of a request.
  enum Measure {
    REQUEST_DURATION(
        "request_duration_seconds", "From the first byte of a request to the last of its answer."),
    CONNECT_DURATION("connect_duration_seconds", "Until the connection to the endpoint was there."),
    HEADER_DURATION("header_duration_seconds", "Until the head of the endpoint's response."),
    RESPONSE_DURATION("response_duration_seconds", "Until the end of the endpoint's response."),
    REQUEST_SIZE("request_size", "Bytes of the request, head and body."),
    RESPONSE_SIZE("response_size", "Bytes of the answer, head and body."),
    BYTES_SENT("bytes_sent", "Bytes of the answer, in wider buckets.");

    private final String metric;
    private final String help;

    Measure(String metric, String help) {
      this.metric = metric;
      this.help = help;
    }

    String metric() {
      return metric;
    }

    String help() {
      return help;
    }

    boolean isTime() {
      return ordinal() <= RESPONSE_DURATION.ordinal();
    }
  }

  private static final double NANOS = 1e9;
  private static final List<Measure> MEASURES = List.of(Measure.values());

  private final long[][] bounds = new long[MEASURES.size()][];
  private final List<List<String>> boundTexts = new ArrayList<>();
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
      offsets[measure.ordinal()] = at;
      at += own.length + 2;
    }
    size = at;
  }

  /// How many counters one series has.
  int size() {
    return size;
  }

  /// Counts one value: nanoseconds or bytes.
  void observe(Counts cell, Measure measure, long value) {
    long[] own = bounds[measure.ordinal()];
    int bucket = 0;
    while (bucket < own.length && value > own[bucket]) {
      bucket++;
    }
    int offset = offsets[measure.ordinal()];
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
