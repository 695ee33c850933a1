package dev.lintel.proxy.message;

/// Writes the head of a request for its upstream: the client's fields in runs as they came, without
/// those that end here, and the proxy's own behind them.
///
/// Left out are hop-by-hop fields (RFC 9110 7.6.1; the nominated ones are gone from the index
/// already), everything by which a client that is not trusted could pass for a proxy
/// (`X-Forwarded-*`, `Forwarded`, `X-Original-*`, `X-Real-IP`, `ssl-client-*`, …) and `Proxy`. The
/// incoming X-Forwarded-For goes on as `X-Original-Forwarded-For`, for information. The body is
/// always framed anew.
public final class UpstreamHeadWriter {
  /// More bytes than the proxy adds, apart from the parts whose size is counted.
  private static final int OWN = 512;

  static final long ENDS_HERE =
      KnownNames.mask(
          KnownNames.CONNECTION,
          KnownNames.CONTENT_LENGTH,
          KnownNames.TRANSFER_ENCODING,
          KnownNames.EXPECT,
          KnownNames.UPGRADE,
          KnownNames.KEEP_ALIVE,
          KnownNames.PROXY_CONNECTION,
          KnownNames.TE,
          KnownNames.TRAILER,
          KnownNames.PROXY_AUTHENTICATE,
          KnownNames.PROXY_AUTHORIZATION,
          KnownNames.HTTP2_SETTINGS,
          KnownNames.PROXY,
          KnownNames.X_REQUEST_ID,
          KnownNames.X_REAL_IP,
          KnownNames.X_FORWARDED_FOR,
          KnownNames.X_FORWARDED_HOST,
          KnownNames.X_FORWARDED_PORT,
          KnownNames.X_FORWARDED_PROTO,
          KnownNames.X_FORWARDED_SCHEME,
          KnownNames.X_SCHEME,
          KnownNames.ABOUT_CLIENT,
          KnownNames.DROPPED);

  private static final byte[] HOST = Octets.ascii("Host: ");
  private static final byte[] REQUEST_ID = Octets.ascii("X-Request-ID: ");
  private static final byte[] FORWARDED_HOST = Octets.ascii("X-Forwarded-Host: ");
  private static final byte[] ORIGINAL_FORWARDED_FOR = Octets.ascii("X-Original-Forwarded-For: ");
  private static final byte[] CONTENT_LENGTH = Octets.ascii("Content-Length: ");
  private static final byte[] CHUNKED = Octets.ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] REQUEST_URI = Octets.ascii("=request-uri: ");
  private static final byte[] UPGRADE = Octets.ascii("Connection: Upgrade\r\nUpgrade: ");

  private UpstreamHeadWriter() {}

  /// Whether a name with bytes beyond letters, digits and `-` becomes the name of a field that the
  /// proxy owns or that frames the message, for a reader that takes them for `-`.
  static boolean isAlias(byte[] b, int offset, int length) {
    byte[] plain = new byte[length];
    for (int i = 0; i < length; i++) {
      byte c = b[offset + i];
      plain[i] = Octets.TOKEN[c & 0xff] == Octets.PLAIN_TOKEN ? c : (byte) '-';
    }
    int id = KnownNames.find(plain, 0, length);
    return id == KnownNames.HOST || (ENDS_HERE >>> id & 1) != 0;
  }

  /// Bytes that [#write] needs at most.
  public static int most(RequestHead head, ConnectionTail tail, Slice path, HeaderEdits edits) {
    byte[] given = tail.host();
    int host = given == null ? head.authority().length() : given.length;
    int id = head.requestId().length();
    int twice = head.target.length() + path.length();
    return head.length() + twice + tail.lines().length + edits.size() + host + id + OWN;
  }

  /// Writes the head into `out` from `at` on and returns the index behind it.
  ///
  /// `path` is the head's own wire path or a rewritten one that [TargetForms#isSafe] holds for; the
  /// query stays. The head has its id, if it gets one. `out` has room for [#most] bytes. A body of
  /// unknown length is not announced where its length is wanted.
  public static int write(
      RequestHead head,
      ConnectionTail tail,
      Slice path,
      HeaderEdits edits,
      RequestForm form,
      byte[] out,
      int at) {
    return write(head, tail, path, edits, form, form.wantsLength(), out, at);
  }

  /// The same where `lengthFollows` says whether a body of unknown length is left unannounced in
  /// any form: whoever writes the head will know it, and adds it by [#writeLength].
  public static int write(
      RequestHead head,
      ConnectionTail tail,
      Slice path,
      HeaderEdits edits,
      RequestForm form,
      boolean lengthFollows,
      byte[] out,
      int at) {
    int p = head.methodName.copyTo(out, at);
    out[p++] = ' ';
    p = path.copyTo(out, p);
    p = head.query.copyTo(out, p);
    p = Octets.put(out, p, form.version());
    if (form == RequestForm.FASTCGI) {
      p = Octets.put(out, p, REQUEST_URI);
      p = end(out, head.target.copyTo(out, p));
    }
    p = fields(head, edits, out, p);
    p = framing(head, edits, form, lengthFollows, out, p);
    p = about(head, tail, out, p);
    return end(out, edits.write(out, p));
  }

  /// Those of the client's fields that go on, and `Host` in any case.
  static int fields(RequestHead head, HeaderEdits edits, byte[] out, int at) {
    int p = FieldRuns.copy(head.fields, ENDS_HERE | edits.known(), edits, out, at);
    if (head.authority.isEmpty() && (edits.known() >>> KnownNames.HOST & 1) == 0) {
      p = Octets.put(out, p, HOST);
      p = end(out, p);
    }
    return p;
  }

  /// What the proxy says of the request and its client.
  static int about(RequestHead head, ConnectionTail tail, byte[] out, int at) {
    int p = at;
    p = requestId(head, out, p);
    p = Octets.put(out, p, FORWARDED_HOST);
    byte[] host = tail.host();
    p = host == null ? head.authority.copyTo(out, p) : Octets.put(out, p, host);
    p = end(out, p);
    p = Octets.put(out, p, tail.lines());
    if (head.fields.has(KnownNames.X_FORWARDED_FOR)) {
      p = originalForwardedFor(head.fields, out, p);
    }
    return p;
  }

  /// Writes what takes the place of the empty line at the end of a head whose body's length was not
  /// known before; returns the index behind it. No more than 64 bytes.
  public static int writeLength(long length, byte[] out, int at) {
    int p = Octets.put(out, at, CONTENT_LENGTH);
    p = Octets.putDecimal(out, p, length);
    return end(out, end(out, p));
  }

  /// Writes the head's id, if it has one.
  static int requestId(RequestHead head, byte[] out, int at) {
    if (head.requestId.isEmpty()) {
      return at;
    }
    int p = Octets.put(out, at, REQUEST_ID);
    return end(out, head.requestId.copyTo(out, p));
  }

  static int end(byte[] out, int at) {
    out[at] = '\r';
    out[at + 1] = '\n';
    return at + 2;
  }

  private static int framing(
      RequestHead head,
      HeaderEdits edits,
      RequestForm form,
      boolean lengthFollows,
      byte[] out,
      int at) {
    int p = at;
    if (head.framing == BodyFraming.CHUNKED) {
      if (!lengthFollows) {
        p = Octets.put(out, p, CHUNKED);
      }
    } else if (head.contentLength >= 0) {
      p = Octets.put(out, p, CONTENT_LENGTH);
      p = Octets.putDecimal(out, p, head.contentLength);
      p = end(out, p);
    }
    if (head.upgrade == Upgrade.NONE || form.wantsLength()) {
      boolean isSaid = (edits.known() >>> KnownNames.CONNECTION & 1) != 0;
      return isSaid ? p : Octets.put(out, p, form.connection());
    }
    p = Octets.put(out, p, UPGRADE);
    p = Octets.put(out, p, head.upgrade.token());
    return end(out, p);
  }

  /// All fields of that name as one list.
  private static int originalForwardedFor(FieldIndex fields, byte[] out, int at) {
    int p = Octets.put(out, at, ORIGINAL_FORWARDED_FOR);
    boolean first = true;
    for (int i = fields.first(KnownNames.X_FORWARDED_FOR); i < fields.count(); i++) {
      if (fields.id(i) == KnownNames.X_FORWARDED_FOR) {
        if (!first) {
          out[p++] = ',';
          out[p++] = ' ';
        }
        first = false;
        int length = fields.valueEnd(i) - fields.value(i);
        System.arraycopy(fields.bytes(), fields.value(i), out, p, length);
        p += length;
      }
    }
    return end(out, p);
  }
}
