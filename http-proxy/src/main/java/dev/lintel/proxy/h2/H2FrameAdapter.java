package dev.lintel.proxy.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/// Hears of frames, whose priorities are overlooked (RFC 9113 5.3.2): the library's reader and
/// decoder tell of each list of fields in one of two ways, here it is one.
public abstract class H2FrameAdapter extends Http2EventAdapter {
  /// Hears of nothing yet.
  protected H2FrameAdapter() {}

  @Override
  public abstract void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
      throws Http2Exception;

  @Override
  public final void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last)
      throws Http2Exception {
    onHeadersRead(ctx, id, headers, padding, last);
  }
}
