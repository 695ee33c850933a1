package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.exchange.ClientConnection;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/// The limits of every HTTP/2 connection, all in one place, none left to a library's default.
final class H2ConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<H2Connection, H2ConnectionBuilder> {
  private static final int STREAMS = 128;
  private static final int STREAM_WINDOW = 64 * 1024 - 1;
  private static final int FRAME = 16 * 1024;
  private static final int HEADER_LIST = 32 * 1024;
  private static final int HEADER_TABLE = 4096;
  private static final int RESETS = 200;
  private static final int RESET_SECONDS = 30;
  private static final int QUEUED_CONTROL_FRAMES = 1000;
  private static final int EMPTY_DATA_FRAMES = 2;
  private static final int SMALL_CONTINUATIONS = 16;
  private static final long LAST_WAIT_MILLIS = 240_000;

  private final H2FrameListener listener = new H2FrameListener();
  private final ServerState server;
  private final ClientConnection client;

  H2ConnectionBuilder(ServerState server, ClientConnection client) {
    this.server = server;
    this.client = client;
  }

  @Override
  protected H2Connection build() {
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true, 0);
    // Priorities are read and overlooked (RFC 9113 5.3.2): all streams get their turn.
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    connection(connection);
    frameListener(listener);
    initialSettings(
        new Http2Settings()
            .maxConcurrentStreams(STREAMS)
            .initialWindowSize(STREAM_WINDOW)
            .maxFrameSize(FRAME)
            .maxHeaderListSize(HEADER_LIST)
            .headerTableSize(HEADER_TABLE));
    validateHeaders(true);
    validateRequiredPseudoHeaders(true);
    headerSensitivityDetector(H2HeadWriter.NOT_INDEXED);
    encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES);
    encoderEnforceMaxRstFramesPerWindow(RESETS, RESET_SECONDS);
    decoderEnforceMaxRstFramesPerWindow(RESETS, RESET_SECONDS);
    decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES);
    decoderEnforceMaxSmallContinuationFrames(SMALL_CONTINUATIONS);
    gracefulShutdownTimeoutMillis(LAST_WAIT_MILLIS);
    // The preface goes out with the first flush.
    flushPreface(false);
    return super.build();
  }

  @Override
  protected H2Connection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
    H2Connection made = new H2Connection(decoder, encoder, initial, server, client);
    listener.attach(made, client.loop());
    return made;
  }
}
