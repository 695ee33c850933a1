package dev.lintel.proxy.message;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The value of the field Date (RFC 9110 5.6.7), made anew once a second. One for each event loop.
public final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// Nanoseconds for which the wall clock is not looked at again.
  private static final long STILL = 100_000_000;

  private byte[] text = {};
  private long second = Long.MIN_VALUE;
  private long lookedAt;

  /// The date as of `nanos`, a time of [System#nanoTime]; not to be changed.
  public byte[] bytes(long nanos) {
    if (nanos - lookedAt >= STILL || second == Long.MIN_VALUE) {
      lookedAt = nanos;
      Instant now = Instant.now();
      if (now.getEpochSecond() != second) {
        second = now.getEpochSecond();
        text = Octets.ascii(FORMAT.format(now));
      }
    }
    return text;
  }
}
