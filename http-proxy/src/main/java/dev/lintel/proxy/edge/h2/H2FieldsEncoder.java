package dev.lintel.proxy.edge.h2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/// Packs lists of fields. Of all sizes of the table that a client set since the last list, the next
/// one names the least and the newest (RFC 7541 4.2): any other may be beyond what the client
/// allows by then, which it has to take for an error.
final class H2FieldsEncoder extends DefaultHttp2HeadersEncoder {
  private static final long NONE = -1;

  private long least = NONE;
  private long newest = NONE;

  H2FieldsEncoder() {
    super(H2HeadWriter.NOT_INDEXED, /* ignoreMaxHeaderListSize= */ true);
  }

  @Override
  public void maxHeaderTableSize(long bytes) {
    least = newest == NONE ? bytes : Math.min(least, bytes);
    newest = bytes;
  }

  @Override
  public void encodeHeaders(int stream, Http2Headers fields, ByteBuf to) throws Http2Exception {
    if (newest != NONE) {
      super.maxHeaderTableSize(least);
      super.maxHeaderTableSize(newest);
      newest = NONE;
    }
    super.encodeHeaders(stream, fields, to);
  }
}
