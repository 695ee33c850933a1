package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.ClientConnection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import java.nio.charset.StandardCharsets;

/// What takes over a connection whose client speaks HTTP/2.
@FunctionalInterface
public interface Http2Edge {
  /// Bytes of a client's preface (RFC 9113 3.4).
  int PREFACE_LENGTH = 24;

  /// Adds the handlers to the end of the pipeline. The bytes that were read already, the preface
  /// first, follow as if they were just read.
  void begin(ChannelPipeline pipeline, ServerState server, ClientConnection connection);

  /// Whether these first bytes of a connection are the preface, as far as they go; three of them
  /// tell it from any method.
  static boolean isPreface(ByteBuf bytes) {
    int length = Math.min(bytes.readableBytes(), PREFACE_LENGTH);
    if (length < 3) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != Preface.BYTES[i]) {
        return false;
      }
    }
    return true;
  }

  /// The preface itself.
  final class Preface {
    private static final byte[] BYTES =
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Preface() {}
  }
}
