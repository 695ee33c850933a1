package dev.lintel.proxy.upstream.h2;

import dev.lintel.proxy.h2.H2FrameAdapter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// What the frames of one connection mean for its calls.
final class H2ResponseListener extends H2FrameAdapter
    implements Http2RemoteFlowController.Listener {
  private @Nullable H2UpstreamConnection connection;

  void attach(H2UpstreamConnection to) {
    connection = to;
    to.connection().addListener(this);
    to.connection().remote().flowController().listener(this);
  }

  private @Nullable H2Call of(int id) {
    H2UpstreamConnection whole = connection;
    return whole == null ? null : whole.call(whole.connection().stream(id));
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    H2UpstreamConnection whole = connection;
    if (whole != null) {
      whole.onSettings(settings);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
      throws Http2Exception {
    H2Call call = of(id);
    if (call != null) {
      call.onHeaders(headers, last);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
    H2Call call = of(id);
    return call == null ? data.readableBytes() + padding : call.onData(data, padding, last);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) {
    H2Call call = of(id);
    if (call != null) {
      call.onReset(error);
    }
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    H2UpstreamConnection whole = connection;
    if (whole != null) {
      whole.onPingAck();
    }
  }

  @Override
  public void onGoAwayReceived(int lastStream, long error, ByteBuf debug) {
    H2UpstreamConnection whole = connection;
    if (whole != null) {
      whole.drain();
    }
  }

  @Override
  public void writabilityChanged(Http2Stream stream) {
    H2UpstreamConnection whole = connection;
    H2Call call = whole == null ? null : whole.call(stream);
    if (call != null) {
      call.onWritable();
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    H2UpstreamConnection whole = connection;
    if (whole != null) {
      H2Call call = whole.call(stream);
      if (call != null) {
        call.onClosed(whole.isBeyondLast(stream.id()));
      }
      whole.onStreamClosed();
    }
  }
}
