package dev.lintel.proxy.edge;

import dev.lintel.proxy.loop.Flushable;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ChunkEncoder;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ResponseHeadWriter;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The outgoing half of an HTTP/1.1 connection: heads and framed bodies, sent once per burst.
final class Http1Writer extends Flushable {
  /// A body no longer than this is copied behind its head: one buffer costs less than two.
  private static final int SMALL_BODY = 4 * 1024;

  private static final int FRAME = ChunkEncoder.LONGEST_HEAD + 8;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int OPEN = 0;
  private static final int CLOSE_OUTPUT = 1;
  private static final int CLOSE = 2;
  private static final int CLOSED = 3;

  private final Http1Client client;
  private final ChannelHandlerContext context;
  private final Loop loop;
  private long before;
  private long sent;
  private boolean http11;
  private boolean closes;
  private boolean chunked;
  private int ending = OPEN;

  Http1Writer(Http1Client client, ChannelHandlerContext context, Loop loop) {
    this.client = client;
    this.context = context;
    this.loop = loop;
  }

  /// A request begins whose response is written next.
  void begin(boolean http11, boolean closes) {
    this.http11 = http11;
    this.closes = closes;
    this.chunked = false;
    this.before += sent;
    this.sent = 0;
  }

  /// Bytes written since the request began.
  long sent() {
    return sent;
  }

  /// Bytes written since the connection began.
  long written() {
    return before + sent;
  }

  /// Closes the connection behind this response, and says so if its head is still to come.
  void closeBehind() {
    closes = true;
  }

  boolean closes() {
    return closes;
  }

  void interim() {
    if (http11) {
      ByteBuf bytes = loop.allocator().directBuffer(CONTINUE.length);
      bytes.writeBytes(CONTINUE);
      write(bytes);
    }
  }

  void head(ResponseHead head, @Nullable ByteBuf body, boolean last) {
    BodyFraming framing = ResponseHeadWriter.framing(head, http11);
    closes |= framing == BodyFraming.UNTIL_CLOSE;
    chunked = framing == BodyFraming.CHUNKED;
    byte[] out = loop.out();
    int length = ResponseHeadWriter.write(head, http11, closes, Upgrade.NONE, loop.date(), out, 0);
    ByteBuf content = body;
    if (content != null && framing == BodyFraming.NONE) {
      content.release();
      content = null;
    }
    int follows = content == null ? 0 : content.readableBytes();
    boolean merge = follows <= SMALL_BODY;
    ByteBuf bytes =
        loop.allocator().directBuffer(merge ? length + follows + 2 * FRAME : length + FRAME);
    bytes.writeBytes(out, 0, length);
    if (content == null) {
      if (last && chunked) {
        ChunkEncoder.last(bytes);
      }
      write(bytes);
    } else if (merge) {
      frameInto(bytes, content, follows, last);
      write(bytes);
    } else {
      if (chunked) {
        ChunkEncoder.head(bytes, follows);
      }
      write(bytes);
      write(content);
      frameEnd(follows, last);
    }
  }

  private void frameInto(ByteBuf bytes, ByteBuf content, int length, boolean last) {
    if (chunked && length > 0) {
      ChunkEncoder.head(bytes, length);
    }
    bytes.writeBytes(content, content.readerIndex(), length);
    content.release();
    if (chunked && length > 0) {
      ChunkEncoder.tail(bytes);
    }
    if (chunked && last) {
      ChunkEncoder.last(bytes);
    }
  }

  void body(ByteBuf content, boolean last) {
    int length = content.readableBytes();
    if (!chunked) {
      if (length == 0) {
        content.release();
        loop.flushLater(this);
      } else {
        write(content);
      }
    } else if (length <= SMALL_BODY) {
      ByteBuf bytes = loop.allocator().directBuffer(length + 2 * FRAME);
      frameInto(bytes, content, length, last);
      write(bytes);
    } else {
      ByteBuf bytes = loop.allocator().directBuffer(FRAME);
      ChunkEncoder.head(bytes, length);
      write(bytes);
      write(content);
      frameEnd(length, last);
    }
  }

  /// Ends a body with the fields behind it, where it is chunked and the client takes them.
  void trailers(Trailers trailers, boolean taken) {
    if (!chunked || !taken) {
      body(Unpooled.EMPTY_BUFFER, true);
      return;
    }
    ByteBuf bytes = loop.allocator().directBuffer();
    ChunkEncoder.last(bytes, trailers);
    write(bytes);
  }

  private void frameEnd(int length, boolean last) {
    if (chunked && length > 0) {
      ByteBuf bytes = loop.allocator().directBuffer(FRAME);
      ChunkEncoder.tail(bytes);
      if (last) {
        ChunkEncoder.last(bytes);
      }
      write(bytes);
    }
  }

  void switchProtocols(ResponseHead head, Upgrade upgrade) {
    closes = true;
    chunked = false;
    byte[] out = loop.out();
    int length = ResponseHeadWriter.write(head, true, false, upgrade, loop.date(), out, 0);
    ByteBuf bytes = loop.allocator().directBuffer(length);
    bytes.writeBytes(out, 0, length);
    write(bytes);
  }

  private void write(ByteBuf bytes) {
    if (ending == CLOSED) {
      bytes.release();
      return;
    }
    sent += bytes.readableBytes();
    context.write(bytes, context.voidPromise());
    loop.flushLater(this);
  }

  /// Closes once everything written has gone out.
  void close() {
    ending = Math.max(ending, CLOSE);
    loop.flushLater(this);
  }

  /// Closes the outgoing half once everything written has gone out.
  void closeOutput() {
    ending = Math.max(ending, CLOSE_OUTPUT);
    loop.flushLater(this);
  }

  /// Sends what is complete of a response and resets the connection behind it, so that nobody takes
  /// it for all.
  void cut() {
    ending = CLOSED;
    context.flush();
    SocketOptions.resetsAtEnd(context.channel());
    context.close();
  }

  /// Nothing more can be sent.
  void release() {
    ending = CLOSED;
  }

  @Override
  protected void flush() {
    if (ending == CLOSED) {
      return;
    }
    if (ending == OPEN) {
      context.flush();
      if (!context.channel().isWritable()) {
        client.stalled();
      }
      return;
    }
    boolean all = ending == CLOSE;
    ending = CLOSED;
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(all ? ChannelFutureListener.CLOSE : CLOSE_OUTPUT_LISTENER);
    client.stalled();
  }

  private static final ChannelFutureListener CLOSE_OUTPUT_LISTENER =
      future -> {
        SslHandler ssl = future.channel().pipeline().get(SslHandler.class);
        if (ssl != null) {
          ssl.closeOutbound();
        } else if (future.channel() instanceof DuplexChannel channel) {
          channel.shutdownOutput();
        }
      };
}
