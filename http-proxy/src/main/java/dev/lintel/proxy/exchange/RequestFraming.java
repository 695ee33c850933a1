package dev.lintel.proxy.exchange;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ChunkEncoder;
import dev.lintel.proxy.message.ConnectionTail;
import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.RequestForm;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.message.UpstreamHeadWriter;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.UpstreamSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Puts a request into bytes for its upstream: the head, and the body in chunks where its length is
/// not known. Where requests share connections, the protocol frames the body itself.
final class RequestFraming {
  /// A body no longer than this is copied behind its head: one buffer costs less than two.
  private static final int SMALL_BODY = 4 * 1024;

  private static final int EMPTY_LINE = 2;

  private final Loop loop;
  private boolean chunked;
  private boolean shared;
  private RequestForm form = RequestForm.KEPT;

  /// The length of the body is to be written as soon as it is known.
  private boolean lengthMissing;

  RequestFraming(Loop loop) {
    this.loop = loop;
  }

  /// The head, with room for a short body behind it.
  ///
  /// @param to how the upstream wants it
  /// @param whole whether the whole body is there before it is sent, so that its length is known
  ByteBuf head(
      RequestHead head,
      ConnectionTail tail,
      Slice path,
      HeaderEdits edits,
      UpstreamSettings to,
      boolean whole) {
    shared = to.multiplexing() != null;
    form = to.form();
    boolean open = head.framing() == BodyFraming.CHUNKED;
    lengthMissing = open && (form.wantsLength() || whole && !shared);
    chunked = open && !shared && !lengthMissing;
    byte[] out = loop.out();
    int length =
        UpstreamHeadWriter.write(
            head, tail, path, edits, form, lengthMissing || form.wantsLength(), out, 0);
    long follows = head.contentLength();
    int room = !shared && follows > 0 && follows <= SMALL_BODY ? length + (int) follows : length;
    ByteBuf bytes = loop.allocator().directBuffer(room);
    bytes.writeBytes(out, 0, length);
    return bytes;
  }

  /// Moves a complete short body behind its head; the end of a chunked body without data as well.
  ///
  /// @return false where the upstream has to know the length of the body, and nobody does
  boolean merge(ByteBuf head, RequestBody body) {
    if (!body.isComplete()) {
      return !lengthMissing;
    }
    if (lengthMissing) {
      lengthMissing = false;
      announce(head, body.received());
    }
    if (shared) {
      return true;
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
    return true;
  }

  /// Puts the length of the body in place of the empty line at the end of the head, and that behind
  /// it.
  private void announce(ByteBuf head, long length) {
    byte[] out = loop.out();
    int end = UpstreamHeadWriter.writeLength(length, out, 0);
    head.writerIndex(head.writerIndex() - EMPTY_LINE).writeBytes(out, 0, end);
  }

  /// What the response may change to.
  Upgrade upgrade(RequestHead head) {
    return form.wantsLength() ? Upgrade.NONE : head.upgrade();
  }

  boolean isShared() {
    return shared;
  }

  /// Writes the head, and all of a body that is complete.
  void begin(UpstreamCall to, ByteBuf head, RequestBody body) {
    boolean complete = body.isComplete();
    ByteBuf held = body.held();
    boolean more = !complete || held != null || shared && body.trailers() != null;
    to.write(head.retain(), !more);
    if (complete && more) {
      write(to, held == null ? Unpooled.EMPTY_BUFFER : held.retainedDuplicate(), true, body);
    }
  }

  /// Writes a piece of the body; what is behind the last one follows it.
  void write(UpstreamCall to, ByteBuf piece, boolean last, RequestBody body) {
    if (shared) {
      Trailers trailers = last ? body.trailers() : null;
      to.write(piece, last && trailers == null);
      if (trailers != null) {
        to.writeTrailers(trailers);
      }
      return;
    }
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
