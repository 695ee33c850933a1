package dev.lintel.proxy.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Reads the framing of a chunked body (RFC 9112 7.1) as it arrives, strictly: 1 to 16 hexadecimal
/// digits, extensions as the grammar has them, CRLF only. It says how long each run of data is and
/// leaves taking it to the caller. Extensions are checked and dropped, trailers are kept.
///
/// Of an upstream, white space behind a size is taken, which old servers pad their sizes with;
/// [#isPadded] tells, and the connection is not used again. Of a client, no chunk may be of 4 GiB
/// or more, where a reader of 32 bits behind us would see another size.
///
/// One for each connection and direction, reset before each body.
public final class ChunkDecoder {
  /// What [#next] answers where it needs more bytes: all of the buffer is consumed.
  public static final int MORE = 0;

  /// What [#next] answers behind the body; what is left in the buffer belongs to the next message.
  public static final int END = -1;

  /// What [#next] answers where the body is malformed: the connection must close.
  public static final int MALFORMED = -2;

  private static final int LONGEST_LINE = 4 * 1024;
  private static final int LONGEST_TRAILER = 16 * 1024;

  /// Bytes of size lines and extensions beyond what honest senders need.
  private static final long MOST_OVERHEAD = 16 * 1024;

  /// More than any client sends in one piece.
  private static final long LARGEST_OF_CLIENTS = 0xffff_ffffL;

  private static final int SIZE = 0;
  private static final int PADDING = 1;
  private static final int EXTENSION_NAME = 2;
  private static final int EXTENSION_VALUE = 3;
  private static final int EXTENSION_QUOTED = 4;
  private static final int EXTENSION_ESCAPE = 5;
  private static final int EXTENSION_BEHIND_QUOTES = 6;
  private static final int SIZE_LF = 7;
  private static final int DATA = 8;
  private static final int DATA_CR = 9;
  private static final int DATA_LF = 10;
  private static final int TRAILER_START = 11;
  private static final int TRAILER_NAME = 12;
  private static final int TRAILER_VALUE = 13;
  private static final int TRAILER_LF = 14;
  private static final int LAST_LF = 15;
  private static final int DONE = 16;
  private static final int BROKEN = 17;

  private final long largest;
  private final boolean takesPadding;
  private int state;
  private int digits;
  private int line;
  private int token;
  private int trailer;
  private @Nullable TrailerLines lines;
  private long left;
  private long overhead;
  private boolean padded;
  private @Nullable Malformed fault;

  private ChunkDecoder(long largest, boolean takesPadding) {
    this.largest = largest;
    this.takesPadding = takesPadding;
  }

  /// For the bodies of clients.
  public static ChunkDecoder ofRequests() {
    return new ChunkDecoder(LARGEST_OF_CLIENTS, false);
  }

  /// For the bodies of upstreams.
  public static ChunkDecoder ofResponses() {
    return new ChunkDecoder(Long.MAX_VALUE, true);
  }

  /// Begins a new body.
  public void reset() {
    state = SIZE;
    digits = 0;
    line = 0;
    token = 0;
    trailer = 0;
    lines = null;
    left = 0;
    overhead = 0;
    padded = false;
    fault = null;
  }

  /// Why the body is malformed; null where it is not.
  public @Nullable Malformed fault() {
    return fault;
  }

  /// Whether white space stood behind the size of a chunk.
  public boolean isPadded() {
    return padded;
  }

  /// Bytes of data of the present chunk that no run has told of yet.
  public long left() {
    return left;
  }

  /// Whether the body has ended.
  public boolean isDone() {
    return state == DONE;
  }

  /// Consumes framing from `in`. A positive answer is the number of bytes of data that stand at the
  /// reader index now and that the caller takes before it calls again.
  public int next(ByteBuf in) {
    while (true) {
      if (state == DATA) {
        int readable = in.readableBytes();
        if (readable == 0) {
          return MORE;
        }
        int run = (int) Math.min(readable, left);
        left -= run;
        if (left == 0) {
          state = DATA_CR;
        }
        return run;
      }
      if (state >= DONE) {
        return state == DONE ? END : MALFORMED;
      }
      if (!in.isReadable()) {
        return MORE;
      }
      state = step(in.readByte());
    }
  }

  private int step(byte b) {
    return switch (state) {
      case SIZE -> size(b);
      case PADDING -> ++line > LONGEST_LINE ? broken(Malformed.CHUNK_OVERHEAD) : behindSize(b);
      case EXTENSION_NAME,
          EXTENSION_VALUE,
          EXTENSION_QUOTED,
          EXTENSION_ESCAPE,
          EXTENSION_BEHIND_QUOTES ->
          ++line > LONGEST_LINE ? broken(Malformed.CHUNK_OVERHEAD) : extension(b);
      case SIZE_LF -> b == '\n' ? sizeLine() : broken(Malformed.CHUNK);
      case DATA_CR -> b == '\r' ? DATA_LF : broken(Malformed.CHUNK);
      case DATA_LF -> b == '\n' ? beginLine() : broken(Malformed.CHUNK);
      default ->
          ++trailer > LONGEST_TRAILER ? broken(Malformed.CHUNK_TRAILER) : kept(b, trailer(b));
    };
  }

  private int broken(Malformed why) {
    fault = why;
    return BROKEN;
  }

  private int beginLine() {
    digits = 0;
    line = 0;
    left = 0;
    return SIZE;
  }

  private int size(byte b) {
    int digit = Octets.hex(b);
    if (digit >= 0) {
      left = left << 4 | digit;
      return ++digits > 16 || left < 0 || left > largest ? broken(Malformed.CHUNK) : SIZE;
    }
    return digits == 0 ? broken(Malformed.CHUNK) : behindSize(b);
  }

  private int behindSize(byte b) {
    if (takesPadding && (b == ' ' || b == '\t')) {
      padded = true;
      return PADDING;
    }
    return switch (b) {
      case '\r' -> SIZE_LF;
      case ';' -> beginExtension(EXTENSION_NAME);
      default -> broken(Malformed.CHUNK);
    };
  }

  private int beginExtension(int part) {
    token = 0;
    return part;
  }

  /// `; name [ = ( token / quoted string ) ]` without white space, which senders must not make.
  private int extension(byte b) {
    boolean isToken = Octets.TOKEN[b & 0xff] != Octets.NO_TOKEN;
    switch (state) {
      case EXTENSION_NAME -> {
        if (isToken) {
          token++;
          return EXTENSION_NAME;
        }
        if (token > 0 && b == '=') {
          return beginExtension(EXTENSION_VALUE);
        }
        return token > 0 ? behindExtension(b) : broken(Malformed.CHUNK);
      }
      case EXTENSION_VALUE -> {
        if (isToken) {
          token++;
          return EXTENSION_VALUE;
        }
        if (token == 0) {
          return b == '"' ? EXTENSION_QUOTED : broken(Malformed.CHUNK);
        }
        return behindExtension(b);
      }
      case EXTENSION_QUOTED -> {
        return switch (b) {
          case '"' -> EXTENSION_BEHIND_QUOTES;
          case '\\' -> EXTENSION_ESCAPE;
          default -> isText(b) ? EXTENSION_QUOTED : broken(Malformed.CHUNK);
        };
      }
      case EXTENSION_ESCAPE -> {
        return isText(b) ? EXTENSION_QUOTED : broken(Malformed.CHUNK);
      }
      default -> {
        return behindExtension(b);
      }
    }
  }

  private int behindExtension(byte b) {
    return switch (b) {
      case ';' -> beginExtension(EXTENSION_NAME);
      case '\r' -> SIZE_LF;
      default -> broken(Malformed.CHUNK);
    };
  }

  private static boolean isText(byte b) {
    return b == '\t' || (b & 0xff) >= 0x20 && b != 0x7f;
  }

  /// The size line is complete. Lines may take 16 bytes each and twice the data for nothing; what
  /// goes beyond adds up.
  private int sizeLine() {
    long needed = line + digits + 2L;
    long free = 16 + 2 * Math.min(left, 1 << 20);
    overhead = Math.max(0, overhead + needed - free);
    if (overhead > MOST_OVERHEAD) {
      return broken(Malformed.CHUNK_OVERHEAD);
    }
    return left == 0 ? TRAILER_START : DATA;
  }

  /// The fields behind the body that has ended; null where there are none.
  public @Nullable Trailers trailers() {
    TrailerLines all = lines;
    return all == null || all.trailers().count() == 0 ? null : all.trailers();
  }

  /// Keeps a byte of a trailer; `next` is the state behind it.
  private int kept(byte b, int next) {
    TrailerLines all = lines;
    if (next == TRAILER_NAME || next == TRAILER_VALUE) {
      if (all == null) {
        all = new TrailerLines();
        lines = all;
      }
      all.add(b);
    } else if (state == TRAILER_LF && next == TRAILER_START && all != null && !all.end()) {
      return broken(Malformed.CHUNK_TRAILER);
    }
    return next;
  }

  private int trailer(byte b) {
    switch (state) {
      case TRAILER_START -> {
        if (b == '\r') {
          return LAST_LF;
        }
        return isNameByte(b) ? TRAILER_NAME : broken(Malformed.CHUNK_TRAILER);
      }
      case TRAILER_NAME -> {
        if (b == ':') {
          return TRAILER_VALUE;
        }
        return isNameByte(b) ? TRAILER_NAME : broken(Malformed.CHUNK_TRAILER);
      }
      case TRAILER_VALUE -> {
        if (b == '\r') {
          return TRAILER_LF;
        }
        return isText(b) ? TRAILER_VALUE : broken(Malformed.CHUNK_TRAILER);
      }
      case TRAILER_LF -> {
        return b == '\n' ? TRAILER_START : broken(Malformed.CHUNK_TRAILER);
      }
      default -> {
        return b == '\n' ? DONE : broken(Malformed.CHUNK_TRAILER);
      }
    }
  }

  private static boolean isNameByte(byte b) {
    return Octets.TOKEN[b & 0xff] != Octets.NO_TOKEN;
  }
}
