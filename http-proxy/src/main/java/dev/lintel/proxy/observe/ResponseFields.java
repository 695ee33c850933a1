package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Values of a response's fields that a log format asks for, copied while the head is there. Used
/// again for the next request; grows to what was needed and no further than [#MOST].
public final class ResponseFields {
  /// Bytes kept of all fields together; what is longer is cut.
  private static final int MOST = 8 * 1024;

  private static final int AT_FIRST = 128;

  private final Slice value = new Slice();
  private byte[] bytes = new byte[AT_FIRST];
  private int[] ends = new int[4];
  private int count;

  /// Nothing kept yet.
  public ResponseFields() {}

  /// Forgets the last response.
  public void clear() {
    count = 0;
  }

  /// Keeps the first field of each of these names.
  public void keep(HeaderName[] names, ResponseHead head) {
    clear();
    if (ends.length < names.length) {
      ends = new int[names.length];
    }
    int at = 0;
    for (HeaderName name : names) {
      if (!head.value(name, value) && isLength(name) && head.contentLength() >= 0) {
        byte[] digits = Long.toString(head.contentLength()).getBytes(StandardCharsets.US_ASCII);
        value.set(digits, 0, digits.length);
      }
      int length = Math.min(value.length(), MOST - at);
      if (bytes.length - at < length) {
        bytes = Arrays.copyOf(bytes, Math.min(MOST, Math.max(2 * bytes.length, at + length)));
      }
      System.arraycopy(value.bytes(), value.offset(), bytes, at, length);
      at += length;
      ends[count++] = at;
    }
  }

  private static boolean isLength(HeaderName name) {
    byte[] lower = HeaderNames.CONTENT_LENGTH.lower();
    return name.matches(lower, 0, lower.length);
  }

  /// The value of field `i` of those asked for; empty where the response had none, or where there
  /// was no response.
  public Slice value(int i) {
    if (i >= count) {
      value.clear();
      return value;
    }
    int from = i == 0 ? 0 : ends[i - 1];
    return value.set(bytes, from, ends[i] - from);
  }
}
