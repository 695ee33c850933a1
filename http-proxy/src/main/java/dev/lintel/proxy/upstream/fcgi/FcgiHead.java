package dev.lintel.proxy.upstream.fcgi;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Collects the head of a response as CGI has it (RFC 3875, section 6), writes it as an HTTP/1.1
/// head and reads that. One for each connection.
///
/// `Status` says the status; without it that is 302 where there is a `Location`, else 200. Lines
/// may end with LF alone.
public final class FcgiHead {
  private static final int MOST = 64 * 1024;

  /// Each is looked at together with all before it.
  private static final int MOST_PIECES = 1_024;

  /// `HTTP/1.1 200 ` and the end of the line.
  private static final int STATUS_LINE = 15;

  private static final byte[] VERSION = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);

  private final Loop loop;
  private final ResponseHead head = new ResponseHead();
  private @Nullable ByteBuf pending;
  private @Nullable ProxyFailure fault;
  private int status;
  private boolean located;
  private int at;
  private int pieces;

  /// Before the first byte.
  public FcgiHead(Loop loop) {
    this.loop = loop;
  }

  /// The head that was read last.
  public ResponseHead head() {
    return head;
  }

  /// Why reading on gave nothing, or null where more bytes are all that is missing.
  public @Nullable ProxyFailure fault() {
    return fault;
  }

  /// The next response begins.
  public void begin() {
    release();
    fault = null;
    pieces = 0;
  }

  /// Reads on.
  ///
  /// @param toHead whether the request was a HEAD
  /// @return what is left behind the head, in the caller's ownership; null where the head is not
  ///   complete, or at fault
  public @Nullable ByteBuf read(ByteBuf arrived, boolean toHead) {
    ByteBuf bytes = arrived;
    ByteBuf before = pending;
    if (before != null) {
      pending = null;
      before.writeBytes(arrived);
      arrived.release();
      bytes = before;
    }
    byte[] in = loop.out();
    int length = Math.min(bytes.readableBytes(), MOST);
    bytes.getBytes(bytes.readerIndex(), in, 0, length);
    int end = rewrite(in, length, toHead);
    if (end > 0) {
      return bytes.skipBytes(end);
    }
    if (fault == null && bytes.readableBytes() < MOST && ++pieces < MOST_PIECES) {
      pending = before == null ? copy(bytes) : bytes;
      return null;
    }
    if (fault == null) {
      fault = ProxyFailure.response(Malformed.HEAD_TOO_LONG);
    }
    bytes.release();
    return null;
  }

  /// What arrived is a slice that has no room for more.
  private ByteBuf copy(ByteBuf bytes) {
    ByteBuf own = loop.allocator().directBuffer(Math.max(512, 2 * bytes.readableBytes()));
    own.writeBytes(bytes);
    bytes.release();
    return own;
  }

  /// @return the index behind the empty line at the end; 0 where it is not there, or at fault
  private int rewrite(byte[] in, int length, boolean toHead) {
    byte[] out = loop.in();
    at = STATUS_LINE;
    status = 0;
    located = false;
    int line = 0;
    for (int i = 0; i < length; i++) {
      if (in[i] != '\n') {
        continue;
      }
      int end = i > line && in[i - 1] == '\r' ? i - 1 : i;
      if (end == line) {
        return complete(out, toHead) ? i + 1 : 0;
      }
      Malformed why = line(in, line, end, out);
      if (why != null) {
        fault = ProxyFailure.response(why);
        return 0;
      }
      line = i + 1;
    }
    return 0;
  }

  private @Nullable Malformed line(byte[] in, int from, int to, byte[] out) {
    int colon = from;
    while (colon < to && in[colon] != ':') {
      colon++;
    }
    if (is(in, from, colon, "status")) {
      return status(in, colon, to);
    }
    if (is(in, from, colon, "transfer-encoding")) {
      return Malformed.TRANSFER_ENCODING; // the server frames the body (RFC 3875, section 6.3.4)
    }
    located |= is(in, from, colon, "location");
    if (at + to - from + 4 > out.length) {
      return Malformed.HEAD_TOO_LONG;
    }
    System.arraycopy(in, from, out, at, to - from);
    at += to - from;
    out[at++] = '\r';
    out[at++] = '\n';
    return null;
  }

  private static boolean is(byte[] in, int from, int to, String lower) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if ((in[from + i] | 0x20) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Malformed status(byte[] in, int colon, int to) {
    int from = colon + 1;
    while (from < to && (in[from] == ' ' || in[from] == '\t')) {
      from++;
    }
    int code = 0;
    int digits = 0;
    while (from + digits < to && in[from + digits] >= '0' && in[from + digits] <= '9') {
      code = Math.min(1_000, code * 10 + in[from + digits++] - '0');
    }
    boolean isWord = from + digits == to || in[from + digits] == ' ';
    if (status != 0 || digits != 3 || !isWord || code < 200 || code > 599) {
      return Malformed.STATUS_LINE;
    }
    status = code;
    return null;
  }

  private boolean complete(byte[] out, boolean toHead) {
    int code = status != 0 ? status : located ? 302 : 200;
    System.arraycopy(VERSION, 0, out, 0, VERSION.length);
    out[9] = (byte) ('0' + code / 100);
    out[10] = (byte) ('0' + code / 10 % 10);
    out[11] = (byte) ('0' + code % 10);
    out[12] = ' ';
    out[13] = '\r';
    out[14] = '\n';
    out[at++] = '\r';
    out[at++] = '\n';
    head.clear();
    ScanResult result = ResponseScanner.scan(out, 0, at, head, toHead);
    if (result != ScanResult.COMPLETE) {
      Malformed why = head.malformed();
      fault = ProxyFailure.response(why == null ? Malformed.STATUS_LINE : why);
      return false;
    }
    if (head.framing() == BodyFraming.UNTIL_CLOSE) {
      head.body(BodyFraming.CHUNKED, -1); // ends with its request
    }
    return true;
  }

  /// Lets go of a head that is not complete.
  public void release() {
    ByteBuf bytes = pending;
    if (bytes != null) {
      pending = null;
      bytes.release();
    }
  }
}
