package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.message.h2.H2FieldBytes;
import dev.lintel.proxy.message.h2.H2Names;
import io.netty.handler.codec.Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns a list of header fields (RFC 9113 8.2, 8.3; RFC 9114 4.2, 4.3 has the same rules) into the
/// head of a request: checks what only HTTP/2 and HTTP/3 forbid, writes the list as an HTTP/1.1
/// head and scans that.
///
/// Nothing is written that could end a line: no control byte, white space in names, or space in
/// method and path gets through.
public final class H2HeadReader {
  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] CRLF = bytes("\r\n");
  private static final byte[] VERSION = bytes(" HTTP/1.1\r\nhost: ");
  private static final byte[] COOKIE = bytes("\r\ncookie: ");
  private static final AsciiString COOKIE_NAME = AsciiString.cached("cookie");
  private static final AsciiString HOST = AsciiString.cached("host");
  private static final AsciiString TE = AsciiString.cached("te");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString METHOD = AsciiString.cached(":method");
  private static final AsciiString PATH = AsciiString.cached(":path");
  private static final AsciiString SCHEME = AsciiString.cached(":scheme");
  private static final AsciiString AUTHORITY = AsciiString.cached(":authority");
  private static final AsciiString[] PSEUDO = {METHOD, PATH, SCHEME, AUTHORITY};
  private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");
  private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
  private static final AsciiString GET = AsciiString.cached("GET");
  private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

  private byte[] out = {};
  private int at;
  private boolean bad;

  private static byte[] bytes(String text) {
    return new AsciiString(text).toByteArray();
  }

  /// Has read nothing yet.
  public H2HeadReader() {}

  /// Reads the list into `head` by way of `scratch`.
  ///
  /// @param last whether no body follows
  /// @param scratch as long as [dev.lintel.proxy.loop.Loop#SCRATCH]
  /// @return why it is refused, or null
  public @Nullable Malformed read(
      Headers<CharSequence, CharSequence, ?> fields,
      boolean last,
      byte[] scratch,
      RequestHead head) {
    head.clear();
    CharSequence method = fields.get(METHOD);
    CharSequence path = fields.get(PATH);
    CharSequence scheme = fields.get(SCHEME);
    if (isMissing(method) || isMissing(path) || isMissing(scheme) || isDisordered(fields)) {
      return Malformed.H2_FIELD;
    }
    CharSequence protocol = fields.get(PROTOCOL);
    if (protocol != null && !AsciiString.contentEquals(CONNECT, method)) {
      return Malformed.H2_FIELD;
    }
    CharSequence authority = authority(fields);
    if (authority == null) {
      return Malformed.HOST;
    }
    if (path.charAt(0) != '/' && path.charAt(0) != '*') {
      return Malformed.TARGET_FORM;
    }
    out = scratch;
    at = 0;
    bad = false;
    put(protocol == null ? method : GET, true);
    out[at++] = ' ';
    put(path, true);
    put(VERSION);
    put(authority, true);
    Malformed why = fields(fields);
    if (why == null && bad) {
      why = Malformed.H2_FIELD;
    }
    if (why != null) {
      return why;
    }
    put(END);
    ScanResult result = RequestScanner.scan(out, 0, at, head, true);
    if (result != ScanResult.COMPLETE) {
      Malformed refused = head.malformed();
      return refused == null ? Malformed.H2_FIELD : refused;
    }
    return protocol == null ? body(last, head) : tunnel(protocol, head);
  }

  private static @Nullable Malformed body(boolean last, RequestHead head) {
    if (last && head.contentLength() > 0) {
      return Malformed.CONTENT_LENGTH;
    }
    head.endOfStream(last);
    return null;
  }

  /// An extended CONNECT (RFC 8441 4) is a GET with an upgrade in HTTP/1.1, and the same behind
  /// this point. There is no body whose length could be known.
  private static @Nullable Malformed tunnel(CharSequence protocol, RequestHead head) {
    if (head.contentLength() >= 0) {
      return Malformed.CONTENT_LENGTH;
    }
    if (!AsciiString.contentEqualsIgnoreCase(WEBSOCKET, protocol)) {
      return Malformed.H2_PROTOCOL;
    }
    head.asksFor(Upgrade.WEBSOCKET);
    return null;
  }

  /// The one authority there is, or null: `:authority` and Host must not differ (RFC 9113 8.3.1).
  private static @Nullable CharSequence authority(Headers<CharSequence, CharSequence, ?> fields) {
    CharSequence authority = fields.get(AUTHORITY);
    CharSequence host = fields.get(HOST);
    if (authority == null || authority.isEmpty()) {
      return host;
    }
    return host == null || AsciiString.contentEqualsIgnoreCase(host, authority) ? authority : null;
  }

  private @Nullable Malformed fields(Headers<CharSequence, CharSequence, ?> fields) {
    int count = 0;
    int crumbs = 0;
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      CharSequence value = field.getValue();
      if (name.isEmpty()) {
        return Malformed.H2_FIELD;
      }
      if (name.charAt(0) == ':') {
        if (!isPseudo(name)) {
          return Malformed.H2_FIELD;
        }
        continue;
      }
      if (AsciiString.contentEquals(COOKIE_NAME, name)) {
        crumbs++;
      } else {
        count++;
        if (isForbidden(name, value)) {
          return Malformed.H2_FIELD;
        }
        if (!AsciiString.contentEquals(HOST, name)) {
          put(CRLF);
          name(name);
          out[at++] = ':';
          out[at++] = ' ';
          value(value);
        }
      }
      if (count > H2Limits.FIELDS || count + crumbs > H2Limits.FIELDS_WITH_CRUMBS || isFull()) {
        return Malformed.TOO_MANY_FIELDS;
      }
    }
    if (crumbs > 0) {
      cookies(fields);
    }
    return null;
  }

  /// Whether less is left than one field may take; the decoder's own limit on the list comes first.
  private boolean isFull() {
    return at > out.length / 2;
  }

  private static boolean isPseudo(CharSequence name) {
    for (AsciiString pseudo : PSEUDO) {
      if (AsciiString.contentEquals(pseudo, name)) {
        return true;
      }
    }
    return AsciiString.contentEquals(PROTOCOL, name);
  }

  private static boolean isMissing(@Nullable CharSequence pseudo) {
    return pseudo == null || pseudo.isEmpty();
  }

  private static boolean isDisordered(Headers<CharSequence, CharSequence, ?> fields) {
    return fields instanceof H2Fields list && list.isDisordered();
  }

  private static boolean isForbidden(CharSequence name, CharSequence value) {
    return H2Names.isOfConnection(name)
        || AsciiString.contentEquals(TE, name) && !AsciiString.contentEquals(TRAILERS, value);
  }

  /// All crumbs as one field (RFC 9113 8.2.3).
  private void cookies(Headers<CharSequence, CharSequence, ?> fields) {
    boolean first = true;
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      if (AsciiString.contentEquals(COOKIE_NAME, field.getKey())) {
        if (first) {
          put(COOKIE);
        } else {
          out[at++] = ';';
          out[at++] = ' ';
        }
        first = false;
        value(field.getValue());
      }
    }
  }

  private void put(byte[] text) {
    System.arraycopy(text, 0, out, at, text.length);
    at += text.length;
  }

  private void name(CharSequence name) {
    int from = at;
    put(name, false);
    bad |= !H2FieldBytes.isName(out, from, at);
  }

  private void value(CharSequence value) {
    int from = at;
    put(value, false);
    if (at > from) {
      bad |= isBlank(out[from]) || isBlank(out[at - 1]);
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /// Copies a text; a control byte in it, or a space where there must be none, is remembered.
  private void put(CharSequence text, boolean noSpace) {
    bad |= !H2FieldBytes.copy(text, out, at, noSpace);
    at += text.length();
  }
}
