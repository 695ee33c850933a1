package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.h2.H2Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// What the frames of one connection mean for its streams, and what a client may not do too often.
final class H2FrameListener extends Http2EventAdapter
    implements Http2RemoteFlowController.Listener {
  private static final int PRIORITIES = 200;
  private static final long WINDOW_NANOS = 30_000_000_000L;

  /// From so many requests on, a client that takes back more than half of them is sent away.
  private static final int JUDGED_FROM = 200;

  private @Nullable H2Connection connection;
  private @Nullable Loop loop;
  private Http2Connection.@Nullable PropertyKey key;
  private int priorities;
  private long prioritiesSince;
  private int begun;
  private int takenBack;

  void attach(H2Connection to, Loop on) {
    connection = to;
    loop = on;
    prioritiesSince = on.nanos();
    key = to.connection().newKey();
    to.connection().addListener(this);
    to.connection().remote().flowController().listener(this);
  }

  private @Nullable H2Stream of(@Nullable Http2Stream stream) {
    if (stream == null) {
      return null;
    }
    H2Stream known = stream.<H2Stream>getProperty(key);
    return known == null || !known.isOf(stream) ? null : known;
  }

  private @Nullable H2Stream of(int id) {
    H2Connection whole = connection;
    return whole == null ? null : of(whole.connection().stream(id));
  }

  @Override
  public void onHeadersRead(
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

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
      throws Http2Exception {
    H2Connection whole = connection;
    Http2Stream stream = whole == null ? null : whole.connection().stream(id);
    if (whole == null || stream == null) {
      return;
    }
    H2Stream known = of(stream);
    if (known != null) {
      trailers(known, id, headers, last);
      return;
    }
    begun++;
    H2Stream opened = whole.open(stream, last);
    stream.setProperty(key, opened);
    whole.onRequest(opened, id, headers, last);
  }

  /// What is behind the body of a request.
  private static void trailers(H2Stream stream, int id, Http2Headers headers, boolean last)
      throws Http2Exception {
    Trailers trailers = last ? H2Trailers.read(headers) : null;
    if (trailers == null) {
      throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "malformed trailers");
    }
    stream.onTrailers(trailers);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
    H2Stream stream = of(id);
    return stream == null ? data.readableBytes() + padding : stream.onData(data, padding, last);
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    Loop on = loop;
    if (on != null && on.nanos() - prioritiesSince > WINDOW_NANOS) {
      prioritiesSince = on.nanos();
      priorities = 0;
    }
    if (++priorities > PRIORITIES) {
      throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many priorities");
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) throws Http2Exception {
    H2Stream stream = of(id);
    if (stream != null && !stream.isAnswered()) {
      takenBack++;
      if (begun >= JUDGED_FROM && takenBack * 2 > begun) {
        throw Http2Exception.connectionError(
            Http2Error.ENHANCE_YOUR_CALM, "too many requests taken back");
      }
    }
  }

  @Override
  public void writabilityChanged(Http2Stream stream) {
    H2Stream known = of(stream);
    if (known != null) {
      known.onWritable();
    }
  }

  @Override
  public void onStreamActive(Http2Stream stream) {
    H2Connection whole = connection;
    if (whole != null) {
      whole.becomeBusy();
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    H2Stream known = of(stream);
    if (known != null) {
      known.onClosed();
    }
    H2Connection whole = connection;
    if (whole != null && whole.connection().numActiveStreams() == 0) {
      whole.becomeIdle();
    }
  }
}
