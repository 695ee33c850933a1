package dev.lintel.proxy.edge.h2;

import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;

/// Unpacks lists of fields and leaves it to [H2HeadReader] to judge them.
final class H2FieldsDecoder extends DefaultHttp2HeadersDecoder {
  H2FieldsDecoder() {
    super(false, false, H2Limits.HEADER_LIST);
  }

  @Override
  protected Http2Headers newHeaders() {
    return new H2Fields();
  }
}
