package dev.lintel.proxy.message;

/// Why a message is refused: the status a client gets (an upstream's answer becomes a 502), and the
/// word under which refusals are counted.
public enum Malformed {
  /// A line ends with LF alone, or LF stands inside one.
  BARE_LF(400, "bare-lf"),
  /// CR without LF.
  BARE_CR(400, "bare-cr"),
  /// NUL or another control byte.
  CONTROL_BYTE(400, "control-byte"),
  /// A line begins with white space (RFC 9112 5.2, obs-fold).
  FOLDED_LINE(400, "folded-line"),
  /// White space between a field's name and its colon.
  SPACE_BEFORE_COLON(400, "space-before-colon"),
  /// A field name that is empty, is no token, or has no colon behind it.
  FIELD_NAME(400, "field-name"),
  /// Too many empty lines before a request.
  LEADING_LINES(400, "leading-lines"),
  /// The start line is not of three parts with one space between them.
  START_LINE(400, "start-line"),
  /// The method is no upper-case word.
  METHOD(400, "method"),
  /// The method is longer than any there is.
  METHOD_TOO_LONG(501, "method-too-long"),
  /// CONNECT, TRACE, TRACK.
  METHOD_NOT_ALLOWED(405, "method-not-allowed"),
  /// A version other than HTTP/1.0 and HTTP/1.1.
  VERSION(505, "version"),
  /// The target has a form that none of RFC 9112 3.2 allows here.
  TARGET_FORM(400, "target-form"),
  /// `#` in the target.
  TARGET_FRAGMENT(400, "target-fragment"),
  /// `\` in the target.
  TARGET_BACKSLASH(400, "target-backslash"),
  /// A byte of 0x80 or more in the target.
  TARGET_8_BIT(400, "target-8-bit"),
  /// `%` without two hexadecimal digits, or `%00`.
  TARGET_ESCAPE(400, "target-escape"),
  /// A path that climbs above its root.
  PATH_ABOVE_ROOT(400, "path-above-root"),
  /// A path whose dot segments or slashes depend on who reads it.
  PATH_AMBIGUOUS(400, "path-ambiguous"),
  /// No Host, several, or one that is no host and port.
  HOST(400, "host"),
  /// The target names another host than the field Host.
  HOST_MISMATCH(400, "host-mismatch"),
  /// A Content-Length that is no number, or more than one.
  CONTENT_LENGTH(400, "content-length"),
  /// Content-Length and Transfer-Encoding together.
  TWO_FRAMINGS(400, "two-framings"),
  /// A Transfer-Encoding that does not end in one `chunked`, or any with HTTP/1.0.
  TRANSFER_ENCODING(400, "transfer-encoding"),
  /// A transfer coding that is real but not spoken here.
  TRANSFER_CODING(501, "transfer-coding"),
  /// The field Connection is no list of tokens, or names a field that frames the message.
  CONNECTION(400, "connection"),
  /// An expectation other than `100-continue`.
  EXPECTATION(417, "expectation"),
  /// The request line is longer than 8 KiB.
  LINE_TOO_LONG(414, "line-too-long"),
  /// A field is longer than 16 KiB.
  FIELD_TOO_LONG(431, "field-too-long"),
  /// The head is longer than 32 KiB (a response's: 64 KiB).
  HEAD_TOO_LONG(431, "head-too-long"),
  /// More than 256 fields.
  TOO_MANY_FIELDS(431, "too-many-fields"),
  /// The status line of a response is not one.
  STATUS_LINE(502, "status-line"),
  /// A chunk's size line or the CRLF behind its data.
  CHUNK(400, "chunk"),
  /// Chunk size lines that take more bytes than the data.
  CHUNK_OVERHEAD(400, "chunk-overhead"),
  /// The trailer section of a chunked body.
  CHUNK_TRAILER(400, "chunk-trailer"),
  /// The body of a call of gRPC-Web in its text form is no base64.
  GRPC_WEB_TEXT(400, "grpc-web-text"),
  /// HTTP/2: a field or pseudo field that may not stand in a request.
  H2_FIELD(400, "h2-field"),
  /// HTTP/2: a CONNECT that asks for another protocol than a WebSocket.
  H2_PROTOCOL(501, "h2-protocol"),
  /// HTTP/2: a frame that is broken, or that may not come for that stream or at that time.
  H2_FRAME(400, "h2-frame"),
  /// HTTP/2: a list of fields that cannot be unpacked.
  H2_COMPRESSION(400, "h2-compression"),
  /// HTTP/2: more data than the window, or a window beyond its largest size.
  H2_FLOW_CONTROL(400, "h2-flow-control"),
  /// HTTP/2: a stream beyond those that may be open at a time.
  H2_STREAMS(400, "h2-streams"),
  /// HTTP/2: too many requests taken back.
  H2_RESETS(400, "h2-resets"),
  /// HTTP/2: too many streams that had to be reset because of what came for them.
  H2_FAULTS(400, "h2-faults"),
  /// HTTP/2: too many frames that bring nothing, or whose answers are not read.
  H2_CONTROL_FRAMES(400, "h2-control-frames"),
  /// HTTP/2: too many PRIORITY frames.
  H2_PRIORITIES(400, "h2-priorities"),
  /// HTTP/2: empty DATA frames, or one list of fields in too many pieces.
  H2_EMPTY_FRAMES(400, "h2-empty-frames");

  private final int status;
  private final String reason;

  Malformed(int status, String reason) {
    this.status = status;
    this.reason = reason;
  }

  /// The status a client is answered with before its connection is closed.
  public int status() {
    return status;
  }

  /// The label of the metric and the log, e.g. `bare-lf`.
  public String reason() {
    return reason;
  }
}
