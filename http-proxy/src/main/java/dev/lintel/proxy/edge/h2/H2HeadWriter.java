package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.h2.H2Texts;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;

/// Turns the head of a response into a list of header fields. One for each loop.
final class H2HeadWriter {
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
  private static final AsciiString DATE = AsciiString.cached("date");
  private static final AsciiString[] STATUS = new AsciiString[1000];

  /// Names whose values hardly come twice: they would push what does out of the table.
  private static final AsciiString[] FLEETING = {
    CONTENT_LENGTH,
    AsciiString.cached("set-cookie"),
    AsciiString.cached("etag"),
    AsciiString.cached("last-modified"),
    AsciiString.cached("location"),
    AsciiString.cached("x-request-id"),
  };

  private static final int LONGEST_INDEXED = 96;

  /// Fields that are written without a place in the peer's table.
  static final SensitivityDetector NOT_INDEXED = H2HeadWriter::isFleeting;

  static {
    for (int code = 0; code < STATUS.length; code++) {
      STATUS[code] = AsciiString.cached(Integer.toString(code));
    }
  }

  private final H2Texts texts = new H2Texts();
  private final Slice name = new Slice();
  private final Slice value = new Slice();
  private final byte[] digits = new byte[20];
  private int bytes;
  private AsciiString[] pairs = new AsciiString[32];
  private byte[] dateBytes = {};
  private AsciiString date = AsciiString.EMPTY_STRING;

  private static boolean isFleeting(CharSequence name, CharSequence value) {
    if (value.length() > LONGEST_INDEXED) {
      return true;
    }
    for (AsciiString fleeting : FLEETING) {
      if (fleeting.contentEquals(name)) {
        return true;
      }
    }
    return false;
  }

  /// The list; `now` is the value of a field Date, for a response without one.
  @SuppressWarnings("ReferenceEquality") // another array is another second
  Http2Headers write(ResponseHead head, byte[] now) {
    int count = 0;
    bytes = 0;
    head.rewind();
    while (head.nextField(name, value)) {
      count = put(count, texts.name(name), texts.value(value));
    }
    if (head.contentLength() >= 0) {
      value.set(digits, 0, decimal(head.contentLength()));
      count = put(count, CONTENT_LENGTH, texts.value(value));
    }
    if (!head.isInterim() && !head.has(HeaderNames.DATE)) {
      if (dateBytes != now) {
        dateBytes = now;
        date = new AsciiString(now, false);
      }
      count = put(count, DATE, date);
    }
    AsciiString status = STATUS[head.status()];
    return ReadOnlyHttp2Headers.serverHeaders(false, status, Arrays.copyOf(pairs, count));
  }

  /// Bytes of names and values of the last list.
  int bytes() {
    return bytes;
  }

  private int decimal(long number) {
    int length = 1;
    for (long rest = number / 10; rest != 0; rest /= 10) {
      length++;
    }
    long rest = number;
    for (int i = length - 1; i >= 0; i--) {
      digits[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return length;
  }

  private int put(int count, AsciiString name, AsciiString value) {
    if (count + 2 > pairs.length) {
      pairs = Arrays.copyOf(pairs, pairs.length * 2);
    }
    bytes += name.length() + value.length();
    pairs[count] = name;
    pairs[count + 1] = value;
    return count + 2;
  }
}
