package dev.lintel.proxy.message.h2;

import dev.lintel.proxy.message.Trailers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Trailers as lists of header fields (RFC 9113 8.1).
public final class H2Trailers {
  private H2Trailers() {}

  /// Reads a list; null where a field of it may not stand there, which makes the message malformed.
  public static @Nullable Trailers read(Iterable<Map.Entry<CharSequence, CharSequence>> fields) {
    Trailers trailers = new Trailers();
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (name.isEmpty()
          || name.charAt(0) == ':'
          || H2Names.isOfConnection(name)
          || !trailers.add(bytes(name), bytes(field.getValue()))) {
        return null;
      }
    }
    return trailers;
  }

  private static byte[] bytes(CharSequence text) {
    return AsciiString.of(text).toByteArray();
  }

  /// The list of them.
  public static Http2Headers write(Trailers trailers) {
    AsciiString[] pairs = new AsciiString[2 * trailers.count()];
    for (int i = 0; i < trailers.count(); i++) {
      pairs[2 * i] = new AsciiString(trailers.name(i), false);
      pairs[2 * i + 1] = new AsciiString(trailers.value(i), false);
    }
    return ReadOnlyHttp2Headers.trailers(false, pairs);
  }
}
