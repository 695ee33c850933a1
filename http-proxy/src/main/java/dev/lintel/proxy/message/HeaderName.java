package dev.lintel.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The name of a header field, prepared for comparing with bytes without regard to case. Make it
/// once, as a constant.
public final class HeaderName {
  private final String canonical;
  private final byte[] lower;

  private HeaderName(String canonical) {
    this.canonical = canonical;
    this.lower = canonical.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
  }

  /// The name as it is written to HTTP/1.1 peers, e.g. `X-Request-ID`.
  public static HeaderName of(String canonical) {
    return new HeaderName(canonical);
  }

  /// Whether `bytes[offset, offset + length)` is this name in any case.
  public boolean matches(byte[] bytes, int offset, int length) {
    if (length != lower.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte b = bytes[offset + i];
      if (b >= 'A' && b <= 'Z') {
        b += 32;
      }
      if (b != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /// The lower-case bytes; not to be changed.
  byte[] lower() {
    return lower;
  }

  @Override
  public String toString() {
    return canonical;
  }
}
