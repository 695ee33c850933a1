package dev.lintel.proxy.message;

/// Writes the head of a response for an HTTP/1.1 or HTTP/1.0 client: the upstream's fields in runs,
/// without those that end here (hop-by-hop, Server, X-Accel-*), the filters' changes, and framing
/// and connection fields of our own.
public final class ResponseHeadWriter {
  private static final int OWN = 256;

  private static final byte[] VERSION = Octets.ascii("HTTP/1.1 ");
  private static final byte[] CONTENT_LENGTH = Octets.ascii("Content-Length: ");
  private static final byte[] CHUNKED = Octets.ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = Octets.ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Octets.ascii("Connection: keep-alive\r\n");
  private static final byte[] UPGRADE = Octets.ascii("Connection: upgrade\r\nUpgrade: ");
  private static final byte[] DATE = Octets.ascii("Date: ");

  private ResponseHeadWriter() {}

  /// How the body reaches the client: chunked where its length is not known, until the connection
  /// closes where the client speaks HTTP/1.0. In the last case the connection must close.
  public static BodyFraming framing(ResponseHead head, boolean http11) {
    return switch (head.framing) {
      case NONE, LENGTH -> head.framing;
      case CHUNKED, UNTIL_CLOSE -> http11 ? BodyFraming.CHUNKED : BodyFraming.UNTIL_CLOSE;
    };
  }

  /// Bytes that [#write] needs at most.
  public static int most(ResponseHead head) {
    return head.length() + head.fields.count() + head.edits.size() + OWN;
  }

  /// Writes the head into `out` from `at` on and returns the index behind it.
  ///
  /// `http11` and `close` speak of the client: its version, and whether its connection closes
  /// behind this response. `date` is the value of a field Date, for a response without one. `out`
  /// has room for [#most] bytes. `upgrade` is the protocol a 101 changes to, otherwise
  /// [Upgrade#NONE].
  public static int write(
      ResponseHead head,
      boolean http11,
      boolean close,
      Upgrade upgrade,
      byte[] date,
      byte[] out,
      int at) {
    int p = Octets.put(out, at, VERSION);
    p = head.statusText.copyTo(out, p);
    p = end(out, p);
    HeaderEdits edits = head.edits;
    long hidden = ResponseHead.ENDS_HERE | edits.known();
    p =
        head.scanner.isBareLf()
            ? FieldRuns.copyLines(head.fields, hidden, edits, out, p)
            : FieldRuns.copy(head.fields, hidden, edits, out, p);
    p = edits.write(out, p);
    if (head.isInterim()) {
      return end(out, p);
    }
    if (!head.has(HeaderNames.DATE)) {
      p = Octets.put(out, p, DATE);
      p = Octets.put(out, p, date);
      p = end(out, p);
    }
    if (upgrade != Upgrade.NONE) {
      p = Octets.put(out, p, UPGRADE);
      p = Octets.put(out, p, upgrade.token());
      return end(out, end(out, p));
    }
    if (head.contentLength >= 0) {
      p = Octets.put(out, p, CONTENT_LENGTH);
      p = Octets.putDecimal(out, p, head.contentLength);
      p = end(out, p);
    } else if (framing(head, http11) == BodyFraming.CHUNKED) {
      p = Octets.put(out, p, CHUNKED);
    }
    if (close) {
      p = Octets.put(out, p, CLOSE);
    } else if (!http11) {
      p = Octets.put(out, p, KEEP_ALIVE);
    }
    return end(out, p);
  }

  private static int end(byte[] out, int at) {
    out[at] = '\r';
    out[at + 1] = '\n';
    return at + 2;
  }
}
