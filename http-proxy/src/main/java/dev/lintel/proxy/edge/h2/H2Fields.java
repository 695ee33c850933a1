package dev.lintel.proxy.edge.h2;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/// The list of fields of a request or its trailers as it came. What its order and its repetitions
/// break is remembered, since the list itself does not show them: that is a fault of one stream,
/// which must exist before it can be reset.
final class H2Fields extends DefaultHttp2Headers {
  private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");

  private boolean regular;
  private boolean disordered;
  private boolean hasLength;

  H2Fields() {
    super(false);
  }

  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    if (PseudoHeaderName.hasPseudoHeaderFormat(name)) {
      disordered |= regular || contains(name);
    } else {
      regular = true;
      if (CONTENT_LENGTH.contentEquals(name)) {
        disordered |= hasLength;
        hasLength = true;
      }
    }
    return super.add(name, value);
  }

  /// Whether a pseudo field comes twice or behind another field, or a length comes twice.
  boolean isDisordered() {
    return disordered;
  }
}
