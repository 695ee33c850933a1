package dev.lintel.proxy.observe;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The wall clock of a loop's log, formatted once a second.
final class LogTime {
  private final DateTimeFormatter local;
  private final DateTimeFormatter iso;
  private final InstantSource clock;
  private long millis;
  private long second = Long.MIN_VALUE;
  private byte[] localText = {};
  private byte[] isoText = {};

  LogTime(InstantSource clock, ZoneId zone) {
    this.clock = clock;
    this.local = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss xx", Locale.ROOT).withZone(zone);
    this.iso = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT).withZone(zone);
  }

  /// Reads the clock; the other methods answer as of then.
  void read() {
    millis = clock.millis();
    long now = Math.floorDiv(millis, 1000L);
    if (now != second) {
      second = now;
      Instant instant = Instant.ofEpochSecond(now);
      localText = local.format(instant).getBytes(StandardCharsets.US_ASCII);
      isoText = iso.format(instant).getBytes(StandardCharsets.US_ASCII);
    }
  }

  /// Milliseconds since 1970.
  long millis() {
    return millis;
  }

  /// `24/Nov/2026:22:14:15 +0000`.
  byte[] local() {
    return localText;
  }

  /// `2026-11-24T22:14:15+00:00`.
  byte[] iso() {
    return isoText;
  }
}
