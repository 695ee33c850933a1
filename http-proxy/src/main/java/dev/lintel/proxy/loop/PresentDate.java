package dev.lintel.proxy.loop;

import dev.lintel.proxy.message.HttpDate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// The present time as HTTP writes it, made anew at most twice a second.
final class PresentDate {
  private static final long FRESH_NANOS = 500_000_000;

  private byte[] text = {};
  private long made;

  byte[] at(long nanos) {
    if (text.length == 0 || nanos - made > FRESH_NANOS) {
      made = nanos;
      text = HttpDate.text(Instant.now()).getBytes(StandardCharsets.US_ASCII);
    }
    return text;
  }
}
