package dev.lintel.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The name of a header field, prepared for comparing with bytes without regard to case. Make it
/// once, as a constant.
public final class HeaderName {
  private final byte[] canonical;
  private final byte[] lower;
  private final int id;

  private HeaderName(String canonical) {
    this.canonical = canonical.getBytes(StandardCharsets.US_ASCII);
    this.lower = canonical.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    this.id = KnownNames.find(lower, 0, lower.length);
  }

  /// The name as it is written to HTTP/1.1 peers, e.g. `X-Request-ID`: a token, not empty.
  public static HeaderName of(String canonical) {
    return new HeaderName(canonical);
  }

  /// Whether `bytes[offset, offset + length)` is this name in any case.
  public boolean matches(byte[] bytes, int offset, int length) {
    return Octets.isName(bytes, offset, length, lower);
  }

  /// Whether both are the same name.
  boolean isSame(HeaderName other) {
    return this == other || Octets.isName(other.lower, 0, other.lower.length, lower);
  }

  /// The lower-case bytes, as HTTP/2 writes them; not to be changed.
  public byte[] lower() {
    return lower;
  }

  /// The bytes as HTTP/1.1 writes them; not to be changed.
  byte[] canonical() {
    return canonical;
  }

  /// Its number in [KnownNames].
  int id() {
    return id;
  }

  @Override
  public String toString() {
    return new String(canonical, StandardCharsets.US_ASCII);
  }
}
