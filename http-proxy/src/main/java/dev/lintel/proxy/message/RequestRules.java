package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// What the fields of a request mean for its framing, its host and its connection, once all of them
/// are indexed.
final class RequestRules {
  private static final byte[] CHUNKED = Octets.ascii("chunked");
  private static final byte[] CONTINUE = Octets.ascii("100-continue");
  private static final byte[] CLOSE = Octets.ascii("close");
  private static final byte[] KEEP_ALIVE = Octets.ascii("keep-alive");
  private static final byte[] UPGRADE = Octets.ascii("upgrade");
  private static final byte[] WEBSOCKET = Octets.ascii("websocket");
  private static final byte[] SPDY = Octets.ascii("spdy/3.1");
  private static final byte[][] REAL_CODINGS = {
    Octets.ascii("gzip"),
    Octets.ascii("x-gzip"),
    Octets.ascii("deflate"),
    Octets.ascii("compress"),
    Octets.ascii("x-compress")
  };

  private RequestRules() {}

  static @Nullable Malformed apply(RequestHead head, boolean secure) {
    Malformed why = host(head, secure);
    if (why == null) {
      why = framing(head);
    }
    head.keepAlive = head.http11;
    if (why == null && head.fields.has(KnownNames.CONNECTION)) {
      why = connection(head);
    }
    if (why == null && head.fields.has(KnownNames.EXPECT)) {
      why = expectation(head);
    }
    return why;
  }

  private static @Nullable Malformed host(RequestHead head, boolean secure) {
    FieldIndex fields = head.fields;
    int i = fields.first(KnownNames.HOST);
    Authority name = head.hostName;
    if (i < 0) {
      if (head.http11 || head.absolute) {
        return Malformed.HOST;
      }
      name.clear();
      head.authority.clear();
      head.host.clear();
      return null;
    }
    int from = fields.value(i);
    int to = fields.valueEnd(i);
    if (fields.isRepeated(KnownNames.HOST) || !name.read(fields.bytes(), from, to)) {
      return Malformed.HOST;
    }
    if (head.absolute) {
      Authority asked = new Authority();
      Slice target = head.authority;
      if (!asked.read(target.bytes(), target.offset(), target.offset() + target.length())) {
        return Malformed.HOST;
      }
      if (!asked.isSame(name, secure ? 443 : 80)) {
        return Malformed.HOST_MISMATCH;
      }
    }
    head.authority.set(fields.bytes(), from, to - from);
    head.host.set(name.lower(), 0, name.length());
    return null;
  }

  private static @Nullable Malformed framing(RequestHead head) {
    FieldIndex fields = head.fields;
    int length = fields.first(KnownNames.CONTENT_LENGTH);
    int coding = fields.first(KnownNames.TRANSFER_ENCODING);
    if (coding >= 0) {
      if (length >= 0) {
        return Malformed.TWO_FRAMINGS;
      }
      if (!head.http11 || fields.isRepeated(KnownNames.TRANSFER_ENCODING)) {
        return Malformed.TRANSFER_ENCODING;
      }
      head.framing = BodyFraming.CHUNKED;
      return coding(fields.bytes(), fields.value(coding), fields.valueEnd(coding));
    }
    if (length >= 0) {
      long bytes = Octets.decimal(fields.bytes(), fields.value(length), fields.valueEnd(length));
      if (bytes < 0 || fields.isRepeated(KnownNames.CONTENT_LENGTH)) {
        return Malformed.CONTENT_LENGTH;
      }
      head.contentLength = bytes;
      head.framing = bytes == 0 ? BodyFraming.NONE : BodyFraming.LENGTH;
    }
    return null;
  }

  /// Null for `chunked` alone. A real coding, alone or before `chunked`, is understood but not
  /// spoken; everything else is no way to frame a request.
  private static @Nullable Malformed coding(byte[] b, int from, int to) {
    if (Octets.isWord(b, from, to - from, CHUNKED)) {
      return null;
    }
    int end = from;
    while (end < to && Octets.TOKEN[b[end] & 0xff] != Octets.NO_TOKEN) {
      end++;
    }
    boolean real = false;
    for (byte[] name : REAL_CODINGS) {
      real |= Octets.isWord(b, from, end - from, name);
    }
    int rest = end;
    while (rest < to && (b[rest] == ' ' || b[rest] == ',')) {
      rest++;
    }
    return real && (end == to || rest > end && Octets.isWord(b, rest, to - rest, CHUNKED))
        ? Malformed.TRANSFER_CODING
        : Malformed.TRANSFER_ENCODING;
  }

  /// Reads all fields Connection as one list. What they nominate goes no further; fields that frame
  /// or address the message must not be nominated (RFC 9110 7.6.1).
  private static @Nullable Malformed connection(RequestHead head) {
    FieldIndex fields = head.fields;
    boolean close = false;
    boolean keep = false;
    boolean upgrade = false;
    for (int i = fields.first(KnownNames.CONNECTION); i < fields.count(); i++) {
      if (fields.id(i) != KnownNames.CONNECTION) {
        continue;
      }
      byte[] b = fields.bytes();
      int end = fields.valueEnd(i);
      int p = fields.value(i);
      while (p < end) {
        int from = p;
        while (p < end && Octets.TOKEN[b[p] & 0xff] != Octets.NO_TOKEN) {
          p++;
        }
        int length = p - from;
        if (length > 0) {
          if (Octets.isWord(b, from, length, CLOSE)) {
            close = true;
          } else if (Octets.isWord(b, from, length, KEEP_ALIVE)) {
            keep = true;
          } else if (Octets.isWord(b, from, length, UPGRADE)) {
            upgrade = true;
          } else if (!nominate(fields, b, from, length)) {
            return Malformed.CONNECTION;
          }
        }
        while (p < end && (b[p] == ' ' || b[p] == '\t')) {
          p++;
        }
        if (p < end && b[p++] != ',') {
          return Malformed.CONNECTION;
        }
        while (p < end && (b[p] == ' ' || b[p] == '\t')) {
          p++;
        }
      }
    }
    head.keepAlive = head.http11 ? !close : keep && !close;
    if (upgrade) {
      head.upgrade = upgrade(head);
    }
    return null;
  }

  private static boolean nominate(FieldIndex fields, byte[] b, int from, int length) {
    int id = KnownNames.find(b, from, length);
    if (id == KnownNames.HOST
        || id == KnownNames.CONTENT_LENGTH
        || id == KnownNames.TRANSFER_ENCODING) {
      return false;
    }
    // Others are left out by their own numbers. Nobody takes away what a trusted proxy in front
    // said of the client: it would stand there as its own.
    if (id > KnownNames.PROXY && !isAboutClient(id)) {
      fields.drop(b, from, length);
    }
    return true;
  }

  private static boolean isAboutClient(int id) {
    return id >= KnownNames.X_REAL_IP && id <= KnownNames.X_SCHEME || id == KnownNames.ABOUT_CLIENT;
  }

  private static Upgrade upgrade(RequestHead head) {
    FieldIndex fields = head.fields;
    int i = fields.first(KnownNames.UPGRADE);
    if (i < 0 || !head.http11 || head.framing != BodyFraming.NONE) {
      return Upgrade.NONE;
    }
    byte[] b = fields.bytes();
    int end = fields.valueEnd(i);
    int p = fields.value(i);
    while (p < end) {
      int from = p;
      while (p < end && b[p] != ',') {
        p++;
      }
      int to = p;
      while (to > from && (b[to - 1] == ' ' || b[to - 1] == '\t')) {
        to--;
      }
      if (Octets.isWord(b, from, to - from, WEBSOCKET) && head.method == Method.GET) {
        return Upgrade.WEBSOCKET;
      }
      if (Octets.isWord(b, from, to - from, SPDY)) {
        return Upgrade.SPDY_3_1;
      }
      p++;
      while (p < end && (b[p] == ' ' || b[p] == '\t')) {
        p++;
      }
    }
    return Upgrade.NONE;
  }

  /// HTTP/1.0 has no expectations: they are overlooked (RFC 9110 10.1.1).
  private static @Nullable Malformed expectation(RequestHead head) {
    FieldIndex fields = head.fields;
    int i = fields.first(KnownNames.EXPECT);
    if (!head.http11) {
      return null;
    }
    int from = fields.value(i);
    if (fields.isRepeated(KnownNames.EXPECT)
        || !Octets.isWord(fields.bytes(), from, fields.valueEnd(i) - from, CONTINUE)) {
      return Malformed.EXPECTATION;
    }
    head.continueExpected = head.framing != BodyFraming.NONE;
    return null;
  }
}
