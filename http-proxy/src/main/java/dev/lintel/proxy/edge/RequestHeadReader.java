package dev.lintel.proxy.edge;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ScanResult;
import io.netty.buffer.ByteBuf;

/// Copies the bytes of a head where they can be scanned: few at first, for most heads are short.
final class RequestHeadReader {
  private static final int FIRST_LOOK = 2048;

  private final Loop loop;
  private final RequestHead head;
  private final boolean secure;

  RequestHeadReader(Loop loop, RequestHead head, boolean secure) {
    this.loop = loop;
    this.head = head;
    this.secure = secure;
  }

  /// Scans what there is; a complete head is consumed. With more bytes behind the same ones the
  /// scan goes on where it stopped.
  ScanResult read(ByteBuf bytes) {
    int readable = bytes.readableBytes();
    ScanResult result = scan(bytes, Math.min(readable, FIRST_LOOK));
    if (result == ScanResult.INCOMPLETE && readable > FIRST_LOOK) {
      result = scan(bytes, Math.min(readable, loop.in().length));
    }
    if (result == ScanResult.COMPLETE) {
      bytes.skipBytes(head.length());
    }
    return result;
  }

  private ScanResult scan(ByteBuf bytes, int length) {
    byte[] in = loop.in();
    bytes.getBytes(bytes.readerIndex(), in, 0, length);
    return RequestScanner.scan(in, 0, length, head, secure);
  }
}
