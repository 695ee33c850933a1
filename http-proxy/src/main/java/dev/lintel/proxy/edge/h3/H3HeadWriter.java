package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.h2.H2Texts;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.util.AsciiString;

/// Turns the head of a response into a list of header fields. One for each connection.
final class H3HeadWriter {
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
  private static final AsciiString DATE = AsciiString.cached("date");

  private final H2Texts texts = new H2Texts();
  private final Slice name = new Slice();
  private final Slice value = new Slice();
  private int bytes;

  /// The list; `now` is the value of a field Date, for a response without one.
  Http3Headers write(ResponseHead head, byte[] now) {
    Http3Headers fields = new DefaultHttp3Headers(false);
    fields.status(AsciiString.of(Integer.toString(head.status())));
    bytes = 0;
    head.rewind();
    while (head.nextField(name, value)) {
      add(fields, texts.name(name), texts.value(value));
    }
    if (head.contentLength() >= 0) {
      add(fields, CONTENT_LENGTH, AsciiString.of(Long.toString(head.contentLength())));
    }
    if (!head.isInterim() && !head.has(HeaderNames.DATE)) {
      add(fields, DATE, new AsciiString(now, true));
    }
    return fields;
  }

  /// Trailers as a list.
  static Http3Headers write(Trailers trailers) {
    Http3Headers fields = new DefaultHttp3Headers(false);
    for (int i = 0; i < trailers.count(); i++) {
      fields.add(
          new AsciiString(trailers.name(i), false), new AsciiString(trailers.value(i), false));
    }
    return fields;
  }

  /// Bytes of names and values of the last list.
  int bytes() {
    return bytes;
  }

  private void add(Http3Headers fields, AsciiString field, AsciiString text) {
    bytes += field.length() + text.length();
    fields.add(field, text);
  }
}
