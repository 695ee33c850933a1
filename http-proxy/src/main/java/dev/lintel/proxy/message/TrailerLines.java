package dev.lintel.proxy.message;

import java.util.Arrays;

/// Collects the lines behind a chunked body, byte by byte, into the trailers they are.
final class TrailerLines {
  private final Trailers trailers = new Trailers();
  private byte[] line = new byte[64];
  private int length;

  /// A byte of a line, its end left out.
  void add(byte b) {
    if (length == line.length) {
      line = Arrays.copyOf(line, length * 2);
    }
    line[length++] = b;
  }

  /// A line has ended; false where it is no field, or all of them are too long.
  boolean end() {
    int colon = 0;
    while (colon < length && line[colon] != ':') {
      line[colon] = Octets.lower(line[colon]);
      colon++;
    }
    int from = Math.min(colon + 1, length);
    int to = length;
    while (from < to && (line[from] == ' ' || line[from] == '\t')) {
      from++;
    }
    while (to > from && (line[to - 1] == ' ' || line[to - 1] == '\t')) {
      to--;
    }
    length = 0;
    return trailers.add(Arrays.copyOf(line, colon), Arrays.copyOfRange(line, from, to));
  }

  Trailers trailers() {
    return trailers;
  }
}
