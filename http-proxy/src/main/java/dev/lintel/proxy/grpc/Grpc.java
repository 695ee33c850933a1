package dev.lintel.proxy.grpc;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;

/// Requests of gRPC, by their head.
public final class Grpc {
  private static final HeaderName TIMEOUT = HeaderName.of("grpc-timeout");
  private static final byte[] TYPE = bytes("application/grpc");
  private static final byte[] WEB = bytes("-web");
  private static final byte[] TEXT = bytes("-text");
  private static final int MOST_DIGITS = 8;

  private Grpc() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// What the field Content-Type says of a request.
  public enum Kind {
    /// Not of gRPC.
    NONE,
    /// `application/grpc` and its formats.
    GRPC,
    /// `application/grpc-web` and its formats.
    WEB,
    /// `application/grpc-web-text` and its formats.
    WEB_TEXT
  }

  /// Which of them it is.
  public static Kind kind(RequestHead head, Slice scratch) {
    if (head.method() != Method.POST || !head.value(HeaderNames.CONTENT_TYPE, scratch)) {
      return Kind.NONE;
    }
    byte[] b = scratch.bytes();
    int end = scratch.offset() + scratch.length();
    int at = behind(b, scratch.offset(), end, TYPE);
    if (at < 0) {
      return Kind.NONE;
    }
    if (isEnd(b, at, end)) {
      return Kind.GRPC;
    }
    int web = behind(b, at, end, WEB);
    if (web < 0) {
      return Kind.NONE;
    }
    if (isEnd(b, web, end)) {
      return Kind.WEB;
    }
    int text = behind(b, web, end, TEXT);
    return text >= 0 && isEnd(b, text, end) ? Kind.WEB_TEXT : Kind.NONE;
  }

  private static int behind(byte[] b, int at, int end, byte[] word) {
    if (end - at < word.length) {
      return -1;
    }
    for (int i = 0; i < word.length; i++) {
      int c = b[at + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != word[i]) {
        return -1;
      }
    }
    return at + word.length;
  }

  private static boolean isEnd(byte[] b, int at, int end) {
    return at == end || b[at] == '+' || b[at] == ';' || b[at] == ' ';
  }

  /// How long the client waits, in nanoseconds; -1 where it does not say so, or not as it should.
  public static long timeoutNanos(RequestHead head, Slice scratch) {
    if (!head.value(TIMEOUT, scratch)) {
      return -1;
    }
    byte[] b = scratch.bytes();
    int last = scratch.offset() + scratch.length() - 1;
    int digits = last - scratch.offset();
    if (digits < 1 || digits > MOST_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = scratch.offset(); i < last; i++) {
      if (b[i] < '0' || b[i] > '9') {
        return -1;
      }
      number = number * 10 + b[i] - '0';
    }
    long unit =
        switch (b[last]) {
          case 'n' -> 1L;
          case 'u' -> 1_000L;
          case 'm' -> 1_000_000L;
          case 'S' -> 1_000_000_000L;
          case 'M' -> 60_000_000_000L;
          case 'H' -> 3_600_000_000_000L;
          default -> 0;
        };
    if (unit == 0) {
      return -1;
    }
    return number > Long.MAX_VALUE / unit ? Long.MAX_VALUE : number * unit;
  }
}
