package dev.lintel.proxy.edge;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.ChunkDecoder;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Finds the data of a request's body in the bytes of an HTTP/1.1 connection, whatever its framing.
final class RequestBodyReader {
  private @Nullable ChunkDecoder chunks;
  private boolean chunked;
  private long left;

  /// A request with a body begins.
  void begin(RequestHead head) {
    chunked = head.isChunked();
    left = chunked ? 0 : head.contentLength();
    if (chunked) {
      decoder().reset();
    }
  }

  /// Bytes that are still to come as far as that is known: those of the body or of its present
  /// chunk.
  long left() {
    return chunked ? decoder().left() : left;
  }

  /// Whether the whole of it is not known beforehand.
  boolean isChunked() {
    return chunked;
  }

  /// Consumes framing from `bytes`. A positive answer is the number of bytes of data at the reader
  /// index, which the caller takes; otherwise [ChunkDecoder#MORE], `END` or `MALFORMED`.
  int next(ByteBuf bytes) {
    if (chunked) {
      return decoder().next(bytes);
    }
    int run = (int) Math.min(left, bytes.readableBytes());
    left -= run;
    return run;
  }

  /// What stands behind a body that has ended; null for nothing.
  @Nullable Trailers trailers() {
    return chunked ? decoder().trailers() : null;
  }

  /// Whether the run that was found last ends the body. The end of a chunked body is told by
  /// [#next] alone.
  boolean isComplete() {
    return !chunked && left == 0;
  }

  /// Why the body is malformed.
  ProxyFailure fault() {
    Malformed why = decoder().fault();
    return ProxyFailure.request(why == null ? Malformed.CHUNK : why);
  }

  private ChunkDecoder decoder() {
    ChunkDecoder made = chunks;
    if (made == null) {
      made = ChunkDecoder.ofRequests();
      chunks = made;
    }
    return made;
  }
}
