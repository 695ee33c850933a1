package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.edge.ServerState;
import dev.lintel.proxy.exchange.ClientConnection;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;

/// Puts an HTTP/2 connection together: who reads, who writes, within [H2Limits]. The library's own
/// builder would add counters that nobody can read.
final class H2ConnectionBuilder {
  /// SETTINGS_NO_RFC7540_PRIORITIES (RFC 9218 2.1).
  private static final char NO_PRIORITIES = 9;

  private static final long LAST_WAIT_MILLIS = 240_000;

  private H2ConnectionBuilder() {}

  static H2Connection build(ServerState server, ClientConnection client, H2Loop shared) {
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true, 0);
    connection.remote().maxActiveStreams(H2Limits.STREAMS);
    H2Budget budget = new H2Budget(client.loop());
    H2FrameListener listener = new H2FrameListener(budget);
    DefaultHttp2RemoteFlowController turns =
        new DefaultHttp2RemoteFlowController(connection, new H2Distributor(connection, listener));
    connection.remote().flowController(turns);
    // What a client says about the length of our fields is advice: they are what they are.
    H2FieldsEncoder fields = new H2FieldsEncoder();
    Http2ConnectionEncoder encoder =
        new H2Outflow(
            new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter(fields)));
    H2Inflow inflow = new H2Inflow(connection, budget);
    H2FrameReader reader =
        new H2FrameReader(
            new DefaultHttp2FrameReader(new H2FieldsDecoder(), H2Limits.SMALL_CONTINUATIONS),
            inflow);
    H2Connection made =
        new H2Connection(
            decoder(encoder, reader),
            encoder,
            settings(),
            server,
            client,
            inflow,
            shared,
            new H2WholeResponse(connection, fields));
    made.gracefulShutdownTimeoutMillis(LAST_WAIT_MILLIS);
    made.decoder().frameListener(listener);
    reader.deadline(made.headDeadline());
    listener.attach(made);
    return made;
  }

  private static Http2ConnectionDecoder decoder(
      Http2ConnectionEncoder encoder, H2FrameReader reader) {
    return new DefaultHttp2ConnectionDecoder(
        encoder.connection(),
        encoder,
        reader,
        Http2PromisedRequestVerifier.ALWAYS_VERIFY,
        /* autoAckSettings= */ true,
        /* autoAckPing= */ true,
        /* validateHeaders= */ false,
        /* validateRequiredPseudoHeaders= */ false);
  }

  private static Http2Settings settings() {
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(H2Limits.STREAMS)
            .initialWindowSize(H2Limits.STREAM_WINDOW)
            .maxFrameSize(H2Limits.FRAME)
            .maxHeaderListSize(H2Limits.HEADER_LIST)
            .headerTableSize(H2Limits.HEADER_TABLE)
            .connectProtocolEnabled(true);
    settings.put(NO_PRIORITIES, Long.valueOf(1));
    return settings;
  }
}
