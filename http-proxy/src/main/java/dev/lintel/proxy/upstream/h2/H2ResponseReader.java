package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.h2.H2FieldBytes;
import dev.lintel.proxy.message.h2.H2Names;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns a list of header fields (RFC 9113 8.3.2) into the head of a response: checks what only
/// HTTP/2 forbids, writes the list as an HTTP/1.1 head and scans that. One for each connection.
final class H2ResponseReader {
  private static final int MOST_FIELDS = 256;

  private static final AsciiString VERSION = AsciiString.cached("HTTP/1.1 ");

  private final ResponseHead head = new ResponseHead();
  private byte[] out = {};
  private int at;
  private boolean bad;

  /// The head that was read last.
  ResponseHead head() {
    return head;
  }

  /// Reads the list by way of `scratch`. Returns why it is refused, or null.
  ///
  /// @param last whether the stream ends with it
  /// @param toHead whether it answers a HEAD
  @Nullable Malformed read(Http2Headers fields, boolean last, boolean toHead, byte[] scratch) {
    head.clear();
    CharSequence status = fields.status();
    if (status == null || status.length() != 3) {
      return Malformed.STATUS_LINE;
    }
    out = scratch;
    at = 0;
    bad = false;
    put(VERSION);
    put(status);
    out[at++] = ' ';
    end();
    Malformed why = fields(fields);
    if (why != null) {
      return why;
    }
    end();
    if (bad) {
      return Malformed.H2_FIELD;
    }
    ScanResult result = ResponseScanner.scan(out, 0, at, head, toHead);
    if (result != ScanResult.COMPLETE) {
      Malformed refused = head.malformed();
      return refused == null ? Malformed.H2_FIELD : refused;
    }
    return head.status() == 101 ? Malformed.H2_FIELD : frame(last, toHead);
  }

  /// How the body ends: with the stream, where no length says it before.
  private @Nullable Malformed frame(boolean last, boolean toHead) {
    int status = head.status();
    long length = head.contentLength();
    if (toHead || status < 200 || status == 204 || status == 304) {
      return null;
    }
    if (last) {
      if (length > 0) {
        return Malformed.CONTENT_LENGTH;
      }
      head.body(BodyFraming.NONE, 0);
    } else if (length < 0) {
      head.body(BodyFraming.CHUNKED, -1);
    }
    return null;
  }

  private @Nullable Malformed fields(Http2Headers fields) {
    int count = 0;
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      CharSequence value = field.getValue();
      if (name.isEmpty()) {
        return Malformed.H2_FIELD;
      }
      if (name.charAt(0) == ':') {
        if (!AsciiString.contentEquals(":status", name)) {
          return Malformed.H2_FIELD;
        }
        continue;
      }
      if (H2Names.isOfConnection(name)) {
        return Malformed.H2_FIELD;
      }
      if (++count > MOST_FIELDS || at + name.length() + value.length() + 64 > out.length) {
        return Malformed.TOO_MANY_FIELDS;
      }
      name(name);
      out[at++] = ':';
      out[at++] = ' ';
      put(value);
      end();
    }
    return null;
  }

  private void end() {
    out[at++] = '\r';
    out[at++] = '\n';
  }

  private void name(CharSequence name) {
    int from = at;
    put(name);
    bad |= !H2FieldBytes.isName(out, from, at);
  }

  /// Copies a text; a control byte in it is remembered.
  private void put(CharSequence text) {
    bad |= !H2FieldBytes.copy(text, out, at, false);
    at += text.length();
  }
}
