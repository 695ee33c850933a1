package dev.lintel.proxy.edge.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.jspecify.annotations.Nullable;

/// Reads frames and has an [H2Inflow] see each of them first; follows where one frame ends and the
/// next begins, so that a client that stops in between is found out.
final class H2FrameReader implements Http2FrameReader {
  private static final int NONE = -1;

  private final Http2FrameReader frames;
  private final H2Inflow inflow;
  private @Nullable H2HeadDeadline deadline;

  /// Bytes of the frame whose header was read and whose payload was not.
  private int awaited = NONE;

  private byte type;
  private short flags;
  private boolean inBlock;
  private long blocks;

  H2FrameReader(Http2FrameReader frames, H2Inflow inflow) {
    this.frames = frames;
    this.inflow = inflow;
  }

  void deadline(H2HeadDeadline to) {
    deadline = to;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    inflow.next(listener);
    int from = in.readerIndex();
    Http2Exception.StreamException fault = null;
    try {
      frames.readFrame(ctx, in, inflow);
    } catch (Http2Exception.StreamException e) {
      fault = e;
    } finally {
      follow(in, from, in.readerIndex());
      H2HeadDeadline watched = deadline;
      if (watched != null) {
        watched.check(isPending(in.isReadable()), blocks);
      }
    }
    if (fault != null) {
      throw inflow.judge(fault, type);
    }
  }

  /// Goes through what was read in whole.
  private void follow(ByteBuf in, int from, int end) {
    int at = from;
    while (at < end) {
      if (awaited == NONE) {
        if (end - at < Http2CodecUtil.FRAME_HEADER_LENGTH) {
          return; // thrown away after a fault
        }
        awaited = in.getUnsignedMedium(at);
        type = in.getByte(at + 3);
        flags = in.getUnsignedByte(at + 4);
        at += Http2CodecUtil.FRAME_HEADER_LENGTH;
      }
      if (end - at < awaited) {
        return;
      }
      at += awaited;
      awaited = NONE;
      complete();
    }
  }

  private void complete() {
    if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
      inBlock = (flags & Http2Flags.END_HEADERS) == 0;
    }
    if (!inBlock) {
      blocks++;
    }
  }

  /// Bodies have a deadline of their own.
  private boolean isPending(boolean more) {
    return inBlock || (awaited == NONE ? more : type != Http2FrameTypes.DATA);
  }

  @Override
  public Configuration configuration() {
    return frames.configuration();
  }

  @Override
  public void close() {
    frames.close();
  }
}
