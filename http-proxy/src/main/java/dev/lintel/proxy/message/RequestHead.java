package dev.lintel.proxy.message;

import org.jspecify.annotations.Nullable;

/// The head of a request: an index into the bytes it was scanned from, reused for one request after
/// another of a connection or stream.
///
/// Slices and indexes hold until the next scan, and only as long as the scanned array keeps its
/// bytes; [#detach()] frees the head from that array. The path exists in three forms:
///
/// - the *target* is what the client sent, for logs (where it is escaped);
/// - [#path()], the match form, is decoded, without dot segments and with single slashes: routes,
///   auth and limits compare it;
/// - [#wirePath()] is what the upstream gets: without dot segments, otherwise byte-exact.
public final class RequestHead {
  static final int LONGEST_HEAD = 32 * 1024;
  private static final int SMALLEST_COPY = 512;

  /// A copy larger than this is not kept for the next head: most are far smaller.
  private static final int LARGEST_KEPT = 8 * 1024;

  final FieldIndex fields = new FieldIndex();
  final FieldScanner scanner = new FieldScanner(fields, true, LONGEST_HEAD);
  final Authority hostName = new Authority();
  final Slice methodName = new Slice();
  final Slice target = new Slice();
  final Slice path = new Slice();
  final Slice wirePath = new Slice();
  final Slice query = new Slice();
  final Slice host = new Slice();
  final Slice authority = new Slice();
  final Slice dataPath = new Slice();
  final Slice requestId = new Slice();

  private static final byte[] TRAILERS = Octets.ascii("trailers");
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private byte[] own = NOTHING;
  private boolean detached;
  private byte @Nullable [] ownId;
  private @Nullable TargetForms forms;
  int start;
  int scannedEnd;
  boolean inFields;
  @Nullable Malformed malformed;

  Method method = Method.OTHER;
  Upgrade upgrade = Upgrade.NONE;
  BodyFraming framing = BodyFraming.NONE;
  long contentLength = -1;
  boolean http11;
  boolean keepAlive;
  boolean continueExpected;
  boolean asterisk;
  boolean absolute;

  boolean makesIds = true;

  /// A head without a request.
  public RequestHead() {}

  /// Whether requests that bring no id get one, from now on.
  public void makesIds(boolean made) {
    makesIds = made;
  }

  /// Which field names are kept of the heads that are read from now on.
  public void fieldNames(FieldNames kept) {
    scanner.names(kept);
  }

  void begin(byte[] in, int from) {
    if (own.length > LARGEST_KEPT) {
      own = NOTHING;
    }
    bytes = in;
    detached = false;
    start = from;
    inFields = false;
    malformed = null;
    fields.begin(in);
    upgrade = Upgrade.NONE;
    framing = BodyFraming.NONE;
    contentLength = -1;
    continueExpected = false;
    asterisk = false;
    absolute = false;
    scannedEnd = from;
    dataPath.clear();
    query.clear();
    requestId.clear();
  }

  /// Goes on in another array that holds the same bytes at the same places.
  void resume(byte[] in) {
    if (!target.liesIn(in)) {
      relocate(in, 0);
    }
  }

  /// Forgets a head that was scanned in part: the next scan begins anew.
  public void clear() {
    begin(bytes, 0);
  }

  TargetForms forms() {
    TargetForms made = forms;
    if (made == null) {
      made = new TargetForms();
      forms = made;
    }
    return made;
  }

  byte[] ownId() {
    byte[] made = ownId;
    if (made == null) {
      made = new byte[RequestIds.LENGTH];
      ownId = made;
    }
    return made;
  }

  /// Copies the head's bytes into an array of its own, so that it outlives the scanned one: every
  /// exchange that waits for something does. The array is used again for the next head.
  public void detach() {
    if (detached) {
      return;
    }
    detached = true;
    int length = length();
    if (own.length < length) {
      own = new byte[Math.max(SMALLEST_COPY, length + length / 4)];
    }
    System.arraycopy(bytes, start, own, 0, length);
    relocate(own, start);
    scannedEnd = length;
    start = 0;
  }

  private void relocate(byte[] to, int back) {
    fields.move(to, back);
    move(methodName, to, back);
    move(target, to, back);
    move(path, to, back);
    move(wirePath, to, back);
    move(query, to, back);
    move(authority, to, back);
    move(requestId, to, back);
    bytes = to;
  }

  private void move(Slice slice, byte[] to, int back) {
    if (slice.liesIn(bytes)) {
      slice.set(to, slice.offset() - back, slice.length());
    }
  }

  /// Bytes of the head, from where the scan began to the end of the empty line.
  public int length() {
    return scannedEnd - start;
  }

  /// Why the last scan refused the bytes; null where it did not.
  public @Nullable Malformed malformed() {
    return malformed;
  }

  /// The method, [Method#OTHER] where only its bytes tell it.
  public Method method() {
    return method;
  }

  /// The method as sent.
  public Slice methodName() {
    return methodName;
  }

  /// The target as sent.
  public Slice target() {
    return target;
  }

  /// A copy of path and query as sent: the target without scheme and host, which few clients write.
  public byte[] requestUri() {
    if (!absolute) {
      return target.toBytes();
    }
    byte[] copy = new byte[wirePath.length() + query.length()];
    query.copyTo(copy, wirePath.copyTo(copy, 0));
    return copy;
  }

  /// The path's match form.
  public Slice path() {
    return path;
  }

  /// The path's match form in which `%2F` is data: empty where the path holds none. A request is
  /// refused with [Malformed#PATH_AMBIGUOUS] where this leads to another route than [#path()].
  public Slice dataPath() {
    return dataPath;
  }

  /// The path's wire form.
  public Slice wirePath() {
    return wirePath;
  }

  /// The query with its `?`, byte-exact; empty where there is none.
  public Slice query() {
    return query;
  }

  /// Whether the target is `*`, which only OPTIONS may ask for; it is answered here.
  public boolean isAsterisk() {
    return asterisk;
  }

  /// The host asked for: lower case, without port and trailing dot; empty for an HTTP/1.0 request
  /// that names none.
  public Slice host() {
    return host;
  }

  /// The value of the field Host as sent, port included; empty where there is none.
  public Slice authority() {
    return authority;
  }

  /// Whether the client speaks HTTP/1.1 (HTTP/2 counts as that) rather than HTTP/1.0.
  public boolean isHttp11() {
    return http11;
  }

  /// How the body ends: [BodyFraming#NONE], [BodyFraming#LENGTH] or [BodyFraming#CHUNKED].
  public BodyFraming framing() {
    return framing;
  }

  /// For a request of HTTP/2: whether its stream ended with the head. A body without a length ends
  /// with the stream, which counts as [BodyFraming#CHUNKED].
  public void endOfStream(boolean ended) {
    if (ended) {
      framing = BodyFraming.NONE;
    } else {
      framing = contentLength < 0 ? BodyFraming.CHUNKED : BodyFraming.LENGTH;
    }
  }

  /// For a request of HTTP/2 that asks for a tunnel (RFC 8441): it goes on as one that asks to
  /// change to this protocol. What follows on its stream is no body.
  public void asksFor(Upgrade protocol) {
    upgrade = protocol;
    framing = BodyFraming.NONE;
  }

  /// What Content-Length says, or -1.
  public long contentLength() {
    return contentLength;
  }

  /// Whether the body's length is not known in advance.
  public boolean isChunked() {
    return framing == BodyFraming.CHUNKED;
  }

  /// Whether the client wants to use its connection again.
  public boolean isKeepAlive() {
    return keepAlive;
  }

  /// Whether the client holds its body back until it sees `100 Continue`.
  public boolean expectsContinue() {
    return continueExpected;
  }

  /// Whether the client says that it takes fields behind a body (RFC 9110 10.1.4).
  public boolean acceptsTrailers() {
    for (int i = fields.first(KnownNames.TE); i >= 0 && i < fields.count(); i++) {
      if (fields.id(i) == KnownNames.TE) {
        byte[] b = fields.bytes();
        int end = fields.valueEnd(i);
        int p = fields.value(i);
        while (p < end) {
          int from = p;
          while (p < end && Octets.TOKEN[b[p] & 0xff] != Octets.NO_TOKEN) {
            p++;
          }
          if (Octets.isWord(b, from, p - from, TRAILERS)) {
            return true;
          }
          p = Math.max(p, from + 1);
        }
      }
    }
    return false;
  }

  /// The protocol asked for.
  public Upgrade upgrade() {
    return upgrade;
  }

  /// Whether the request may be sent twice by its method.
  public boolean isIdempotent() {
    return method.isIdempotent();
  }

  /// The request's id: the client's where it is fit, else the one made for it. Empty before
  /// [RequestIds#assign] was called, and where none is made.
  public Slice requestId() {
    return requestId;
  }

  /// Number of fields, dropped ones included.
  public int fieldCount() {
    return fields.count();
  }

  /// Index of the first field of this name, or -1. A field dropped for its odd name or nominated as
  /// hop-by-hop is not found.
  public int find(HeaderName name) {
    return fields.find(name);
  }

  /// Index of the next field of this name behind field `i`, or -1.
  public int next(HeaderName name, int i) {
    return fields.next(name, i);
  }

  /// Moves `to` to the value of field `i`, without white space around it.
  public Slice value(int i, Slice to) {
    return to.set(fields.bytes(), fields.value(i), fields.valueEnd(i) - fields.value(i));
  }

  /// Moves `to` to the value of the first field of this name; false (and an empty `to`) where there
  /// is none.
  public boolean value(HeaderName name, Slice to) {
    int i = fields.find(name);
    if (i < 0) {
      to.clear();
      return false;
    }
    value(i, to);
    return true;
  }

  /// The value of the first field of this name as ISO-8859-1 text, or null. Allocates.
  public @Nullable String text(HeaderName name) {
    return fields.text(name);
  }
}
