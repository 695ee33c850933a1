package dev.lintel.proxy.upstream.h2;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/// The limits of every connection to an upstream, all in one place, none left to a library's
/// default.
final class H2ConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<H2UpstreamConnection, H2ConnectionBuilder> {
  static final int HEADER_TABLE = 4096;
  private static final int STREAM_WINDOW = 64 * 1024 - 1;
  private static final int FRAME = 16 * 1024;
  private static final int HEADER_LIST = 64 * 1024;
  private static final int QUEUED_CONTROL_FRAMES = 1000;
  private static final int EMPTY_DATA_FRAMES = 100;
  private static final int SMALL_CONTINUATIONS = 16;
  private static final long LAST_WAIT_MILLIS = 240_000;

  private final H2ResponseListener listener = new H2ResponseListener();
  private final H2Endpoint home;

  H2ConnectionBuilder(H2Endpoint home) {
    this.home = home;
  }

  @Override
  protected H2UpstreamConnection build() {
    DefaultHttp2Connection connection = new DefaultHttp2Connection(false, 0);
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    connection(connection);
    frameListener(listener);
    initialSettings(
        new Http2Settings()
            .pushEnabled(false)
            .initialWindowSize(STREAM_WINDOW)
            .maxFrameSize(FRAME)
            .maxHeaderListSize(HEADER_LIST)
            .headerTableSize(HEADER_TABLE));
    validateHeaders(true);
    headerSensitivityDetector(H2RequestFields.NOT_INDEXED);
    encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES);
    decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES);
    decoderEnforceMaxSmallContinuationFrames(SMALL_CONTINUATIONS);
    // Clients that leave in great numbers are no fault of this connection.
    encoderEnforceMaxRstFramesPerWindow(0, 1);
    gracefulShutdownTimeoutMillis(LAST_WAIT_MILLIS);
    flushPreface(true);
    return super.build();
  }

  @Override
  protected H2UpstreamConnection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
    H2UpstreamConnection made = new H2UpstreamConnection(decoder, encoder, initial, home);
    listener.attach(made);
    return made;
  }
}
