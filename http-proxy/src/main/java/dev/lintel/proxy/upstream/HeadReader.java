package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseScanner;
import dev.lintel.proxy.message.ScanResult;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Reads the heads of responses on one connection: collects one that comes in pieces, and passes
/// over interim responses.
final class HeadReader {
  /// Bytes of a response that are looked at first: most heads are shorter.
  private static final int FIRST_LOOK = 1024;

  private static final int MOST_INTERIM = 10;

  private final Loop loop;
  private final ResponseHead head = new ResponseHead();
  private @Nullable ByteBuf pending;
  private boolean toHead;
  private int interim;

  HeadReader(Loop loop) {
    this.loop = loop;
  }

  /// A response is expected.
  ///
  /// @param answersHead whether it answers a HEAD
  void begin(boolean answersHead) {
    toHead = answersHead;
    interim = 0;
  }

  /// The head that was read last.
  ResponseHead head() {
    return head;
  }

  /// Reads on.
  ///
  /// @return what is left behind the final head, in the caller's ownership; null where the head is
  ///   not complete, or malformed, which `head().malformed()` tells
  @Nullable ByteBuf read(ByteBuf arrived) {
    ByteBuf bytes = arrived;
    ByteBuf before = pending;
    boolean first = before == null;
    if (before != null) {
      before.writeBytes(arrived);
      arrived.release();
      bytes = before;
      pending = null;
    }
    while (true) {
      ScanResult result = scan(bytes, first);
      if (result == ScanResult.INCOMPLETE) {
        pending = bytes;
        return null;
      }
      if (result == ScanResult.MALFORMED || interim > MOST_INTERIM) {
        bytes.release();
        return null;
      }
      bytes.skipBytes(head.length());
      if (!head.isInterim()) {
        return bytes;
      }
      interim++;
      head.clear();
    }
  }

  private ScanResult scan(ByteBuf bytes, boolean firstLook) {
    byte[] in = loop.in();
    int readable = bytes.readableBytes();
    int from = bytes.readerIndex();
    int length = Math.min(readable, firstLook ? FIRST_LOOK : in.length);
    bytes.getBytes(from, in, 0, length);
    ScanResult result = ResponseScanner.scan(in, 0, length, head, toHead);
    if (result == ScanResult.INCOMPLETE && length < readable) {
      length = Math.min(readable, in.length);
      bytes.getBytes(from, in, 0, length);
      result = ResponseScanner.scan(in, 0, length, head, toHead);
    }
    return result;
  }

  /// Why reading on gave nothing, or null where more bytes are all that is missing.
  @Nullable ProxyFailure fault() {
    Malformed why = head.malformed();
    if (why != null) {
      return ProxyFailure.response(why);
    }
    return interim > MOST_INTERIM ? ProxyFailure.BAD_RESPONSE : null;
  }

  void release() {
    ByteBuf bytes = pending;
    if (bytes != null) {
      pending = null;
      bytes.release();
    }
  }
}
