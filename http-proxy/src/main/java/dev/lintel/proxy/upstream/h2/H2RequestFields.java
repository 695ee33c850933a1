package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.h2.H2Names;
import dev.lintel.proxy.message.h2.H2Texts;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Arrays;

/// Turns the head that was written for an HTTP/1.1 upstream into a list of header fields. One for
/// each connection.
///
/// The head is our own, so its lines are what they should be; what belongs to a connection of
/// HTTP/1.1 is left out.
final class H2RequestFields {
  private static final AsciiString HOST = AsciiString.cached("host");
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
  private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
  private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");
  private static final AsciiString TE = AsciiString.cached("te");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");

  /// ` HTTP/1.1` and the end of the line.
  private static final int VERSION = 11;

  /// Names whose values hardly come twice, or are secrets: they get no place in the peer's table.
  private static final AsciiString[] FLEETING = {
    AsciiString.cached(":path"),
    AsciiString.cached("authorization"),
    AsciiString.cached("cookie"),
    AsciiString.cached("content-length"),
    AsciiString.cached("x-request-id"),
    AsciiString.cached("grpc-timeout"),
    AsciiString.cached("traceparent"),
  };

  private static final int LONGEST_INDEXED = 96;

  /// Fields that are written without a place in the peer's table.
  static final SensitivityDetector NOT_INDEXED = H2RequestFields::isFleeting;

  private final H2Texts texts = new H2Texts();
  private final Slice slice = new Slice();
  private AsciiString[] pairs = new AsciiString[48];

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

  /// The list of the head in the first `length` bytes.
  ///
  /// @param fallback the authority of a request that names none
  /// @param webSocket whether it asks for one (RFC 8441 4), and not for a page
  Http2Headers read(byte[] head, int length, boolean secure, String fallback, boolean webSocket) {
    int space = indexOf(head, 0, ' ');
    int line = indexOf(head, space, '\n') + 1;
    AsciiString method = text(head, 0, space);
    AsciiString path = new AsciiString(head, space + 1, line - VERSION - space - 1, true);
    AsciiString authority = AsciiString.EMPTY_STRING;
    int count = webSocket ? put(0, PROTOCOL, WEBSOCKET) : 0;
    int announced = -1;
    boolean grpc = false;
    while (line < length && head[line] != '\r') {
      int colon = indexOf(head, line, ':');
      int end = indexOf(head, colon, '\r');
      AsciiString name = texts.name(slice.set(head, line, colon - line));
      AsciiString value = value(head, colon + 1, end);
      if (HOST.contentEquals(name)) {
        authority = value;
      } else if (!H2Names.isOfConnection(name)) {
        if (CONTENT_LENGTH.contentEquals(name)) {
          announced = count;
        } else if (CONTENT_TYPE.contentEquals(name)) {
          grpc = value.startsWith(GRPC);
        }
        count = put(count, name, value);
      }
      line = end + 2;
    }
    if (grpc && announced >= 0) {
      // Calls of gRPC end with their stream; a body that was translated has another length.
      count -= 2;
      pairs[announced] = pairs[count];
      pairs[announced + 1] = pairs[count + 1];
    }
    if (!webSocket) {
      count = put(count, TE, TRAILERS);
    }
    return ReadOnlyHttp2Headers.clientHeaders(
        false,
        webSocket ? CONNECT : method,
        path,
        secure ? HTTPS : HTTP,
        authority.isEmpty() ? new AsciiString(fallback) : authority,
        Arrays.copyOf(pairs, count));
  }

  private AsciiString text(byte[] b, int from, int to) {
    return texts.value(slice.set(b, from, to - from));
  }

  /// Without the white space around it.
  private AsciiString value(byte[] b, int from, int to) {
    int begin = from;
    int end = to;
    while (begin < end && isBlank(b[begin])) {
      begin++;
    }
    while (end > begin && isBlank(b[end - 1])) {
      end--;
    }
    return text(b, begin, end);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private int put(int count, AsciiString name, AsciiString value) {
    if (count + 2 > pairs.length) {
      pairs = Arrays.copyOf(pairs, pairs.length * 2);
    }
    pairs[count] = name;
    pairs[count + 1] = value;
    return count + 2;
  }

  private static int indexOf(byte[] b, int from, char wanted) {
    int i = from;
    while (b[i] != wanted) {
      i++;
    }
    return i;
  }
}
