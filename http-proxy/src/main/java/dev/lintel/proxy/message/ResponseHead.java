package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// The head of a response on its way to the client: what an upstream sent, or an answer made here,
/// with the changes filters make to it. Reused for one response after another.
///
/// Indexes hold as long as the scanned array keeps its bytes; a head is written before anything
/// else is scanned there.
public final class ResponseHead {
  static final int LONGEST_HEAD = 64 * 1024;

  /// Fields of a response that end here. Date goes on; without one the proxy adds its own.
  static final long ENDS_HERE =
      KnownNames.mask(
          KnownNames.CONNECTION,
          KnownNames.CONTENT_LENGTH,
          KnownNames.TRANSFER_ENCODING,
          KnownNames.UPGRADE,
          KnownNames.KEEP_ALIVE,
          KnownNames.PROXY_CONNECTION,
          KnownNames.TE,
          KnownNames.TRAILER,
          KnownNames.PROXY_AUTHENTICATE,
          KnownNames.SERVER,
          KnownNames.ORDER_TO_PROXY,
          KnownNames.DROPPED);

  final FieldIndex fields = new FieldIndex();
  final FieldScanner scanner = new FieldScanner(fields, false, LONGEST_HEAD);
  final HeaderEdits edits = new HeaderEdits();
  final Slice statusText = new Slice();

  private int start;
  int scannedEnd;
  boolean inFields;
  @Nullable Malformed malformed;

  int status;
  BodyFraming framing = BodyFraming.NONE;
  long contentLength = -1;
  boolean reusable;
  private int cursor;

  /// A head without a response.
  public ResponseHead() {}

  void begin(byte[] in, int from) {
    start = from;
    scannedEnd = from;
    inFields = false;
    malformed = null;
    fields.begin(in);
    edits.clear();
    framing = BodyFraming.NONE;
    contentLength = -1;
    reusable = false;
    statusText.clear();
  }

  /// Goes on in another array that holds the same bytes at the same places.
  void resume(byte[] in) {
    fields.move(in, 0);
    statusText.set(in, statusText.offset(), statusText.length());
  }

  /// Makes this the head of an answer of our own, without fields; `contentLength` bytes of body
  /// follow it.
  public void answer(int status, long contentLength) {
    begin(Status.NO_BYTES, 0);
    this.status = status;
    this.contentLength = contentLength;
    framing = contentLength > 0 ? BodyFraming.LENGTH : BodyFraming.NONE;
    statusText.set(Status.line(status), 0, Status.line(status).length);
  }

  /// Says that the body has another length than the upstream announced, because it is replaced; -1
  /// where it is not known.
  public void body(BodyFraming framing, long contentLength) {
    this.framing = framing;
    this.contentLength = contentLength;
  }

  /// Changes the status, and nothing else.
  public void status(int other) {
    this.status = other;
    statusText.set(Status.line(other), 0, Status.line(other).length);
  }

  /// Makes this the head that opens a tunnel in another version of HTTP, with the fields it has:
  /// 101 in HTTP/1.1, 200 in HTTP/2 (RFC 8441 5). Neither announces a body.
  public void openTunnel(int status) {
    status(status);
    framing = BodyFraming.NONE;
    contentLength = -1;
  }

  /// Forgets a head that was scanned in part: the next scan begins anew.
  public void clear() {
    begin(Status.NO_BYTES, 0);
  }

  /// Bytes of the head as scanned.
  public int length() {
    return scannedEnd - start;
  }

  /// Why the last scan refused the bytes; null where it did not.
  public @Nullable Malformed malformed() {
    return malformed;
  }

  /// The status code, 100 to 999.
  public int status() {
    return status;
  }

  /// Whether this is an interim response, with the real one to follow.
  public boolean isInterim() {
    return status < 200 && status != 101;
  }

  /// How the body that follows ends.
  public BodyFraming framing() {
    return framing;
  }

  /// What Content-Length says, or -1. In an answer to HEAD it speaks of a body that does not
  /// follow.
  public long contentLength() {
    return contentLength;
  }

  /// Whether the connection this came through may carry another request once the body has ended.
  public boolean isReusable() {
    return reusable;
  }

  /// The upgrade an upstream agreed to with 101: whether its field Upgrade names that protocol.
  public boolean agreesTo(Upgrade upgrade) {
    int i = fields.first(KnownNames.UPGRADE);
    if (status != 101 || i < 0) {
      return false;
    }
    int from = fields.value(i);
    byte[] token = upgrade.token();
    if (fields.valueEnd(i) - from != token.length) {
      return false;
    }
    for (int k = 0; k < token.length; k++) {
      if (Octets.lower(fields.bytes()[from + k]) != Octets.lower(token[k])) {
        return false;
      }
    }
    return true;
  }

  /// Puts one field in place of all of this name. No CR, LF or NUL may be in the value, and nobody
  /// may change it before the head is written.
  public void set(HeaderName name, byte[] value) {
    edits.set(name, value);
  }

  /// Adds a field beside those of this name; see [#set] for the value.
  public void add(HeaderName name, byte[] value) {
    edits.add(name, value);
  }

  /// Removes all fields of this name.
  public void remove(HeaderName name) {
    edits.remove(name);
  }

  /// Whether a field of this name would be sent (as far as it is not one that ends here).
  public boolean has(HeaderName name) {
    return edits.value(name) != null || fields.find(name) >= 0 && !edits.removes(name);
  }

  /// Moves `to` to the value of a field of this name; false (and an empty `to`) where there is
  /// none.
  public boolean value(HeaderName name, Slice to) {
    byte[] edited = edits.value(name);
    if (edited != null) {
      to.set(edited, 0, edited.length);
      return true;
    }
    int i = fields.find(name);
    if (i < 0 || edits.removes(name)) {
      to.clear();
      return false;
    }
    to.set(fields.bytes(), fields.value(i), fields.valueEnd(i) - fields.value(i));
    return true;
  }

  /// Begins the walk over the fields that go to the client.
  public void rewind() {
    cursor = 0;
  }

  /// Moves `name` (in any case) and `value` to the next field that goes to the client, the framing
  /// fields left out; false behind the last.
  public boolean nextField(Slice name, Slice value) {
    long hidden = ENDS_HERE | edits.known();
    while (cursor < fields.count()) {
      int i = cursor++;
      int id = fields.id(i);
      if ((hidden >>> id & 1) == 0 && !(id >= KnownNames.SLOTS && edits.hides(fields, i))) {
        name.set(fields.bytes(), fields.name(i), fields.nameEnd(i) - fields.name(i));
        value.set(fields.bytes(), fields.value(i), fields.valueEnd(i) - fields.value(i));
        return true;
      }
    }
    while (cursor < fields.count() + edits.count()) {
      int k = cursor++ - fields.count();
      byte[] edited = edits.value(k);
      if (edited != null) {
        byte[] lower = edits.name(k).lower();
        name.set(lower, 0, lower.length);
        value.set(edited, 0, edited.length);
        return true;
      }
    }
    return false;
  }
}
