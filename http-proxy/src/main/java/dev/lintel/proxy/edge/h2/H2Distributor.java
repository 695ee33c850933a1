package dev.lintel.proxy.edge.h2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import org.jspecify.annotations.Nullable;

/// Gives all streams their turn, whatever priorities a client gives them, and sees how much of each
/// goes out.
final class H2Distributor implements StreamByteDistributor, StreamByteDistributor.Writer {
  /// Who is told how much of a stream goes out.
  interface Listener {
    void onSent(Http2Stream stream, int bytes);
  }

  private final UniformStreamByteDistributor turns;
  private final Listener listener;
  private @Nullable Writer writer;

  H2Distributor(Http2Connection connection, Listener listener) {
    this.turns = new UniformStreamByteDistributor(connection);
    this.listener = listener;
  }

  @Override
  public void updateStreamableBytes(StreamState state) {
    turns.updateStreamableBytes(state);
  }

  @Override
  public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {}

  @Override
  public boolean distribute(int most, Writer to) throws Http2Exception {
    writer = to;
    return turns.distribute(most, this);
  }

  @Override
  public void write(Http2Stream stream, int bytes) {
    Writer to = writer;
    if (to != null) {
      listener.onSent(stream, bytes);
      to.write(stream, bytes);
    }
  }
}
