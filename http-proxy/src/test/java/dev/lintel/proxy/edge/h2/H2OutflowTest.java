package dev.lintel.proxy.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.Malformed;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class H2OutflowTest {
  /// Sends nothing until it is told to, as the socket of a client that does not read.
  private static final class Blocked extends ChannelOutboundHandlerAdapter {
    private final Queue<ChannelPromise> waiting = new ArrayDeque<>();

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ReferenceCountUtil.release(message);
      waiting.add(promise);
    }

    void goOn() {
      for (ChannelPromise each = waiting.poll(); each != null; each = waiting.poll()) {
        each.trySuccess();
      }
    }
  }

  private final List<Malformed> refused = new ArrayList<>();
  private final DefaultHttp2Connection connection = new DefaultHttp2Connection(true, 0);
  private final H2Outflow outflow =
      new H2Outflow(new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter()));
  private final Blocked socket = new Blocked();
  private final EmbeddedChannel channel = new EmbeddedChannel(socket, handler());

  private Http2ConnectionHandler handler() {
    DefaultHttp2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(connection, outflow, new DefaultHttp2FrameReader());
    decoder.frameListener(new Http2FrameAdapter());
    return new Http2ConnectionHandler(decoder, outflow, new Http2Settings(), false) {
      @Override
      protected void onConnectionError(
          ChannelHandlerContext ctx,
          boolean outbound,
          Throwable cause,
          @Nullable Http2Exception fault) {
        assertThat(fault).isNotNull();
        refused.add(H2Refused.reason(fault));
      }
    };
  }

  private void answerPings(int count) {
    ChannelHandlerContext ctx = channel.pipeline().lastContext();
    for (int i = 0; i < count; i++) {
      outflow.writePing(ctx, true, i, ctx.newPromise());
    }
  }

  @Test
  void answersThatAreReadMayBeMany() {
    for (int i = 0; i < 10; i++) {
      answerPings(H2Limits.QUEUED_FRAMES);
      socket.goOn();
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void answersThatWaitAreBounded() {
    answerPings(H2Limits.QUEUED_FRAMES);
    assertThat(refused).isEmpty();
    int before = socket.waiting.size();
    answerPings(5_000);
    assertThat(refused).containsExactly(Malformed.H2_CONTROL_FRAMES);
    assertThat(socket.waiting).hasSize(before);
  }
}
