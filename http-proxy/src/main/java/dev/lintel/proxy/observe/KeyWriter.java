package dev.lintel.proxy.observe;

import dev.lintel.proxy.upstream.balance.HashRing;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;

/// The memory in which one loop puts keys of requests together. Made where a route needs it.
public final class KeyWriter {
  private final LogLine line = new LogLine(new LogTime(InstantSource.system(), ZoneOffset.UTC));

  /// No key yet.
  public KeyWriter() {}

  /// What `key` says of a request.
  public byte[] bytes(KeyExpression key, FinishedRequest request) {
    key.write(line, request);
    return Arrays.copyOf(line.bytes(), line.length());
  }

  /// The hash of what `key` says of a request, which has not ended yet: what comes of it is not
  /// asked for. Of a key longer than 32 KiB only the beginning counts.
  public int hash(KeyExpression key, FinishedRequest request) {
    key.write(line, request);
    return HashRing.hash(line.bytes(), 0, line.length());
  }
}
