package dev.lintel.proxy.edge.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/// Writes a short response that is there as a whole: its HEADERS and DATA as one buffer, past the
/// queue of the flow controller, which is told of the bytes. One for each connection.
///
/// Most responses are of this kind, and frame by frame each would cost three buffers and five
/// promises.
final class H2WholeResponse {
  /// What is copied rather than passed on.
  private static final int SHORT = 4_096;

  /// Literals take their bytes and no more than this beside them (RFC 7541 6.2).
  private static final int AROUND_FIELD = 10;

  private static final short END_OF_HEAD = new Http2Flags().endOfHeaders(true).value();
  private static final short END_OF_STREAM = new Http2Flags().endOfStream(true).value();

  private final Http2Connection connection;
  private final Http2HeadersEncoder encoder;

  H2WholeResponse(Http2Connection connection, Http2HeadersEncoder encoder) {
    this.connection = connection;
    this.encoder = encoder;
  }

  /// Whether a body may be written at once: there is room for it in both windows, nothing of its
  /// stream waits, and the connection does not wait for its last stream to end.
  boolean fits(Http2Stream stream, int bodyBytes) {
    Http2RemoteFlowController flow = connection.remote().flowController();
    return bodyBytes <= SHORT
        && !connection.goAwaySent()
        && !connection.goAwayReceived()
        && !flow.hasFlowControlled(stream)
        && flow.windowSize(stream) >= bodyBytes
        && flow.windowSize(connection.connectionStream()) >= bodyBytes;
  }

  /// Whether the fields fit in one frame, whose least limit is that of every client.
  ///
  /// @param fieldBytes bytes of all names and values
  boolean fits(Http2Headers fields, int fieldBytes) {
    return most(fields, fieldBytes) <= Http2CodecUtil.MAX_FRAME_SIZE_LOWER_BOUND;
  }

  private static int most(Http2Headers fields, int fieldBytes) {
    return fieldBytes + fields.size() * AROUND_FIELD;
  }

  /// Writes it; does not flush. The body is released.
  void write(
      ChannelHandlerContext ctx,
      Http2Stream stream,
      Http2Headers fields,
      int fieldBytes,
      ByteBuf body)
      throws Http2Exception {
    int bytes = body.readableBytes();
    ByteBuf frames =
        ctx.alloc()
            .ioBuffer(2 * Http2CodecUtil.FRAME_HEADER_LENGTH + most(fields, fieldBytes) + bytes);
    try {
      frames.writerIndex(Http2CodecUtil.FRAME_HEADER_LENGTH);
      encoder.encodeHeaders(stream.id(), fields, frames);
      int head = frames.writerIndex() - Http2CodecUtil.FRAME_HEADER_LENGTH;
      int flags = bytes == 0 ? END_OF_HEAD | END_OF_STREAM : END_OF_HEAD;
      frame(frames, 0, head, Http2FrameTypes.HEADERS, flags, stream.id());
      if (bytes > 0) {
        int at = frames.writerIndex();
        frames.writerIndex(at + Http2CodecUtil.FRAME_HEADER_LENGTH);
        frame(frames, at, bytes, Http2FrameTypes.DATA, END_OF_STREAM, stream.id());
        frames.writeBytes(body);
        Http2RemoteFlowController flow = connection.remote().flowController();
        flow.incrementWindowSize(stream, -bytes);
        flow.incrementWindowSize(connection.connectionStream(), -bytes);
      }
      ctx.write(frames, ctx.voidPromise());
      frames = null;
      stream.headersSent(false);
    } finally {
      body.release();
      if (frames != null) {
        frames.release();
      }
    }
  }

  private static void frame(ByteBuf to, int at, int length, byte type, int flags, int stream) {
    to.setMedium(at, length);
    to.setByte(at + 3, type);
    to.setByte(at + 4, flags);
    to.setInt(at + 5, stream);
  }
}
