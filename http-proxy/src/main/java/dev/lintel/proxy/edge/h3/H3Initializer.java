package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.edge.Admission;
import dev.lintel.proxy.exchange.ClientConnection;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.function.BooleanSupplier;

/// Builds the pipeline of each connection. Shared by all connections of a listener.
@ChannelHandler.Sharable
final class H3Initializer extends ChannelInitializer<QuicChannel> {
  private final Admission admission;
  private final BooleanSupplier serves;

  /// @param serves whether new connections are wanted at all
  H3Initializer(Admission admission, BooleanSupplier serves) {
    this.admission = admission;
    this.serves = serves;
  }

  @Override
  protected void initChannel(QuicChannel channel) {
    ClientConnection client =
        admission.admitEncrypted(
            channel, channel.remoteSocketAddress(), channel.localSocketAddress());
    if (client == null) {
      return;
    }
    if (!serves.getAsBoolean() || client.traffic().isRefusing()) {
      channel.close(true, Http3ErrorCode.H3_REQUEST_REJECTED.code(), Unpooled.EMPTY_BUFFER);
      return;
    }
    ClientPorts ports = channel.parent().pipeline().get(ClientPorts.class);
    H3Connection connection = new H3Connection(admission.server(), client, channel, ports);
    channel
        .pipeline()
        .addLast(
            new Http3ServerConnectionHandler(
                new Streams(connection),
                /* inboundControlStreamHandler= */ null,
                /* unknownInboundStreamHandlerFactory= */ null,
                new DefaultHttp3SettingsFrame(settings()),
                /* disableQpackDynamicTable= */ true,
                /* nonStandardSettingsValidator= */ (_, _) -> true,
                /* sensitivityDetector= */ null,
                H3Limits.UNKNOWN_FRAME),
            connection);
  }

  /// Without a table of fields there is nothing to fill it with, nor to wait for.
  private static Http3Settings settings() {
    return new Http3Settings()
        .qpackMaxTableCapacity(0)
        .qpackBlockedStreams(0)
        .maxFieldSectionSize(H3Limits.LONGEST_FIELD_SECTION);
  }

  /// Puts the last handler into the pipeline of each stream with a request.
  @ChannelHandler.Sharable
  private static final class Streams extends ChannelInitializer<QuicStreamChannel> {
    private final H3Connection connection;

    Streams(H3Connection connection) {
      this.connection = connection;
    }

    @Override
    protected void initChannel(QuicStreamChannel stream) {
      H3Stream made = new H3Stream(connection, stream);
      // The library joins several lengths into one: they are looked at before.
      stream.pipeline().addAfter(stream.pipeline().firstContext().name(), null, made.lengths());
      stream.pipeline().addLast(made);
    }
  }
}
