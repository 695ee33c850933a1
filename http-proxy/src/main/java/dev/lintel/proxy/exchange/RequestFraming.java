package dev.lintel.proxy.exchange;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ChunkEncoder;
import dev.lintel.proxy.message.ConnectionTail;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.UpstreamHeadWriter;
import dev.lintel.proxy.upstream.UpstreamConnection;
import io.netty.buffer.ByteBuf;

/// Puts a request into bytes for its upstream: the head, and the body in chunks where its length is
/// not known.
final class RequestFraming {
  /// A body no longer than this is copied behind its head: one buffer costs less than two.
  private static final int SMALL_BODY = 4 * 1024;

  private final Loop loop;
  private boolean chunked;

  RequestFraming(Loop loop) {
    this.loop = loop;
  }

  /// The head, with room for a short body behind it.
  ByteBuf head(RequestHead head, ConnectionTail tail, Slice path, HeaderEdits edits) {
    chunked = head.framing() == BodyFraming.CHUNKED;
    byte[] out = loop.out();
    int length = UpstreamHeadWriter.write(head, tail, path, edits, out, 0);
    long follows = head.contentLength();
    int room = follows > 0 && follows <= SMALL_BODY ? length + (int) follows : length;
    ByteBuf bytes = loop.allocator().directBuffer(room);
    bytes.writeBytes(out, 0, length);
    return bytes;
  }

  /// Moves a complete short body behind its head; the end of a chunked body without data as well.
  void merge(ByteBuf head, RequestBody body) {
    if (!body.isComplete()) {
      return;
    }
    ByteBuf held = body.held();
    if (held != null && held.readableBytes() <= SMALL_BODY) {
      body.take();
      int length = held.readableBytes();
      boolean chunk = chunked && length > 0;
      if (chunk) {
        ChunkEncoder.head(head, length);
      }
      head.writeBytes(held);
      if (chunk) {
        ChunkEncoder.tail(head);
      }
      held.release();
    }
    if (chunked && body.held() == null) {
      ChunkEncoder.last(head);
    }
  }

  /// Writes a piece of the body.
  void write(UpstreamConnection to, ByteBuf piece, boolean last) {
    int length = piece.readableBytes();
    if (chunked && length > 0) {
      ByteBuf frame = loop.allocator().directBuffer(ChunkEncoder.LONGEST_HEAD);
      ChunkEncoder.head(frame, length);
      to.write(frame);
    }
    to.write(piece);
    if (chunked && (length > 0 || last)) {
      ByteBuf frame = loop.allocator().directBuffer(ChunkEncoder.LONGEST_HEAD);
      if (length > 0) {
        ChunkEncoder.tail(frame);
      }
      if (last) {
        ChunkEncoder.last(frame);
      }
      to.write(frame);
    }
  }
}
