package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.ChunkDecoder;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// Takes the body of a response out of its framing, for one connection.
///
/// Head and first bytes are told together, and so are the last bytes and the end, where they came
/// together: short responses reach the client as one piece.
final class BodyReader {
  private final UpstreamConnection connection;
  private @Nullable ChunkDecoder chunks;
  private @Nullable ResponseHead untold;
  private BodyFraming framing = BodyFraming.NONE;
  private long left;

  BodyReader(UpstreamConnection connection) {
    this.connection = connection;
  }

  /// Whether the body goes on until the connection ends.
  boolean endsWithConnection() {
    return framing == BodyFraming.UNTIL_CLOSE;
  }

  /// Begins with a head and what was read behind it, which may be nothing.
  void begin(ResponseHead head, ByteBuf bytes) {
    framing = head.framing();
    untold = head;
    switch (framing) {
      case NONE -> {
        boolean clean = !bytes.isReadable();
        bytes.release();
        end(null, clean);
      }
      case LENGTH -> {
        left = head.contentLength();
        if (bytes.isReadable()) {
          read(bytes);
        } else {
          bytes.release();
          tell(null, false);
        }
      }
      case CHUNKED -> {
        ChunkDecoder decoder = chunks;
        if (decoder == null) {
          decoder = ChunkDecoder.ofResponses();
          chunks = decoder;
        }
        decoder.reset();
        readChunks(bytes, decoder);
      }
      case UNTIL_CLOSE -> tell(bytes, false);
    }
  }

  /// Goes on with bytes from the connection.
  void read(ByteBuf bytes) {
    ChunkDecoder decoder = chunks;
    if (framing == BodyFraming.CHUNKED && decoder != null) {
      readChunks(bytes, decoder);
    } else if (framing == BodyFraming.LENGTH) {
      readLength(bytes);
    } else {
      tell(bytes, false);
    }
  }

  private void readLength(ByteBuf bytes) {
    int readable = bytes.readableBytes();
    if (readable < left) {
      left -= readable;
      tell(bytes, false);
      return;
    }
    boolean clean = readable == left;
    if (!clean) {
      bytes.writerIndex(bytes.readerIndex() + (int) left);
    }
    left = 0;
    end(bytes, clean);
  }

  private void readChunks(ByteBuf bytes, ChunkDecoder decoder) {
    ByteBuf piece = null;
    while (true) {
      int run = decoder.next(bytes);
      if (run > 0) {
        if (piece != null) {
          tell(piece, false);
          if (connection.listener() == null) {
            bytes.release();
            return;
          }
        }
        piece = bytes.readRetainedSlice(run);
        continue;
      }
      boolean clean = !bytes.isReadable() && !decoder.isPadded();
      bytes.release();
      if (run == ChunkDecoder.END) {
        Trailers trailers = decoder.trailers();
        if (trailers == null) {
          end(piece, clean);
        } else {
          end(piece, trailers, clean);
        }
      } else if (run == ChunkDecoder.MORE) {
        if (piece != null || untold != null) {
          tell(piece, false);
        }
      } else {
        if (piece != null) {
          piece.release();
        }
        refuse();
      }
      return;
    }
  }

  private void refuse() {
    boolean begun = untold == null;
    untold = null;
    connection.fail(begun ? ProxyFailure.RESPONSE_CUT : ProxyFailure.BAD_RESPONSE);
  }

  /// The response ends with `piece`.
  ///
  /// @param clean whether its end leaves no doubt about the connection
  void end(@Nullable ByteBuf piece, boolean clean) {
    tell(connection.complete(clean), piece, true);
  }

  private void end(@Nullable ByteBuf piece, Trailers trailers, boolean clean) {
    if (piece != null || untold != null) {
      tell(piece, false);
    }
    if (connection.listener() != null) {
      UpstreamListener user = connection.complete(clean);
      if (user != null) {
        user.onResponseTrailers(trailers);
      }
    }
  }

  /// Tells a piece to whoever uses the connection; releases it where that is nobody any more.
  void tell(@Nullable ByteBuf piece, boolean last) {
    tell(connection.listener(), piece, last);
  }

  private void tell(@Nullable UpstreamListener user, @Nullable ByteBuf piece, boolean last) {
    ResponseHead head = untold;
    untold = null;
    if (user == null) {
      if (piece != null) {
        piece.release();
      }
    } else if (head != null) {
      user.onResponseHead(head, piece, last);
    } else {
      user.onResponseBody(piece == null ? Unpooled.EMPTY_BUFFER : piece, last);
    }
  }
}
