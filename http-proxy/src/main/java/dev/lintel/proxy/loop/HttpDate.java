package dev.lintel.proxy.loop;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The present time as HTTP writes it, made anew at most twice a second.
final class HttpDate {
  private static final long FRESH_NANOS = 500_000_000;
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private byte[] text = {};
  private long made;

  byte[] at(long nanos) {
    if (text.length == 0 || nanos - made > FRESH_NANOS) {
      made = nanos;
      text = FORMAT.format(Instant.now()).getBytes(StandardCharsets.US_ASCII);
    }
    return text;
  }
}
