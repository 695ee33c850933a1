package dev.lintel.ingress.feature.externalauth;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What the service answered, as far as anything depends on it. Immutable: the arrays are not to be
/// changed, and one answer may serve many requests.
final class AuthAnswer {
  /// What a longer one takes is not worth keeping.
  private static final int SMALL = 2 * 1024;

  private static final byte[][] NONE = {};
  private static final byte[] COMMA = {',', ' '};

  private final int status;
  private final byte[] @Nullable [] fields;
  private byte[][] cookies = NONE;
  private byte[][] challenges = NONE;
  private int size;

  private AuthAnswer(int status, int names) {
    this.status = status;
    this.fields = new byte[names][];
  }

  /// Copies what counts out of a head.
  ///
  /// @param names the fields that the upstream gets
  static AuthAnswer of(ResponseHead head, HeaderName[] names) {
    AuthAnswer answer = new AuthAnswer(head.status(), names.length);
    Slice name = new Slice();
    Slice value = new Slice();
    head.rewind();
    while (head.nextField(name, value)) {
      if (is(name, HeaderNames.SET_COOKIE)) {
        answer.cookies = with(answer.cookies, answer.counted(value));
      } else if (is(name, HeaderNames.WWW_AUTHENTICATE)) {
        answer.challenges = with(answer.challenges, answer.counted(value));
      }
      for (int i = 0; i < names.length; i++) {
        if (!value.isEmpty() && is(name, names[i])) {
          answer.fields[i] = joined(answer.fields[i], answer.counted(value));
        }
      }
    }
    return answer;
  }

  private static boolean is(Slice name, HeaderName other) {
    return other.matches(name.bytes(), name.offset(), name.length());
  }

  private byte[] counted(Slice value) {
    size += value.length();
    return value.toBytes();
  }

  private static byte[][] with(byte[][] values, byte[] more) {
    byte[][] all = Arrays.copyOf(values, values.length + 1);
    all[values.length] = more;
    return all;
  }

  private static byte[] joined(byte @Nullable [] before, byte[] more) {
    if (before == null) {
      return more;
    }
    byte[] all = Arrays.copyOf(before, before.length + COMMA.length + more.length);
    System.arraycopy(COMMA, 0, all, before.length, COMMA.length);
    System.arraycopy(more, 0, all, before.length + COMMA.length, more.length);
    return all;
  }

  int status() {
    return status;
  }

  /// The value of field `i` of those named, or null where it has none.
  byte @Nullable [] field(int i) {
    return fields[i];
  }

  /// The values of `Set-Cookie`.
  byte[][] cookies() {
    return cookies;
  }

  /// The values of `WWW-Authenticate`.
  byte[][] challenges() {
    return challenges;
  }

  /// Whether it is worth keeping.
  boolean isSmall() {
    return size <= SMALL;
  }
}
