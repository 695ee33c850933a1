package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.h2.H2FrameAdapter;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.h2.H2Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// What the frames of one connection mean for its streams, once they have passed [H2Inflow] and the
/// states of streams.
final class H2FrameListener extends H2FrameAdapter
    implements Http2RemoteFlowController.Listener, H2Distributor.Listener {
  private final H2Budget budget;
  private @Nullable H2Connection connection;
  private Http2Connection.@Nullable PropertyKey key;
  private int begun;
  private int takenBack;

  H2FrameListener(H2Budget budget) {
    this.budget = budget;
  }

  void attach(H2Connection to) {
    connection = to;
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
    whole.onRequest(opened, headers, last);
  }

  /// What is behind the body of a request; a tunnel has nothing but data (RFC 9113 8.5).
  private static void trailers(H2Stream stream, int id, Http2Headers headers, boolean last)
      throws Http2Exception {
    Trailers trailers = last && !stream.isTunnel() ? H2Trailers.read(headers) : null;
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
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) throws Http2Exception {
    H2Stream stream = of(id);
    if (stream != null && !stream.isAnswered()) {
      takenBack++;
      if (begun >= H2Limits.JUDGED_FROM && takenBack * 2 > begun) {
        throw H2Refused.calm(Malformed.H2_RESETS);
      }
    }
  }

  @Override
  public void onSent(Http2Stream stream, int bytes) {
    if (bytes > 0) {
      if (!isDrop(stream, bytes)) {
        budget.onSent(bytes);
      }
      H2Stream known = of(stream);
      if (known != null) {
        known.onSent(bytes);
      }
    }
  }

  /// Whether the client opened a window for no more than a few bytes.
  private boolean isDrop(Http2Stream stream, int bytes) {
    H2Connection whole = connection;
    if (whole == null || bytes >= H2Limits.DROP) {
      return false;
    }
    Http2RemoteFlowController windows = whole.connection().remote().flowController();
    return bytes >= windows.windowSize(stream)
        || bytes >= windows.windowSize(whole.connection().connectionStream());
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
