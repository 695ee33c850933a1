package dev.lintel.proxy.fuzz;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A strict client: reads the frames that the proxy sends and fails where one may not come (RFC
/// 9113 5.1, 6.9, 8.1), or is beyond the windows.
final class FrameAnswers {
  private static final int HEADER = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int INTERNAL_ERROR = 2;
  private static final int REFUSED_STREAM = 7;
  private static final int LONGEST_LIST = 1 << 20;
  private static final int FIRST_WINDOW = 65_535;

  private final Map<Integer, Answer> answers = new HashMap<>();
  private final Queue<Long> tables = new ArrayDeque<>();
  private final DefaultHttp2HeadersDecoder fields =
      new DefaultHttp2HeadersDecoder(false, LONGEST_LIST);
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private int blockOf;
  private boolean blockEnds;
  private boolean goneAway;
  private boolean strict = true;
  private long window = FIRST_WINDOW;
  private long mostFirst = FIRST_WINDOW;
  private int longestFrame = 16_384;
  private int complete;
  private int inPieces;

  /// What came for one stream.
  private static final class Answer {
    private boolean begun;
    private boolean head;
    private boolean ended;
    private boolean reset;
    private boolean refused;
    private int pieces;
    private long length = -1;
    private long received;
    private long given;
  }

  /// From here on the client sent what nobody can follow: only what always holds is checked.
  void lenient() {
    strict = false;
  }

  boolean isStrict() {
    return strict;
  }

  boolean isGoneAway() {
    return goneAway;
  }

  /// Whether the proxy said that it did not look at the request.
  boolean isRefused(int id) {
    return answers.containsKey(id) && of(id).refused;
  }

  /// Whether the request has its whole response, or was broken off.
  boolean isOver(int id) {
    return answers.containsKey(id) && (of(id).ended || of(id).reset);
  }

  /// How many responses came in whole.
  int complete() {
    return complete;
  }

  /// How many of them took more than one window.
  int inPieces() {
    return inPieces;
  }

  /// The client begins a stream.
  void begun(int id) {
    of(id).begun = true;
  }

  /// The client opened a window; 0 is that of the connection.
  void opened(int id, long more) {
    if (id == 0) {
      window += more;
    } else {
      of(id).given += more;
    }
  }

  /// The client sent settings; null for what they do not say.
  void settings(@Nullable Long table, @Nullable Long first, @Nullable Long frame) {
    tables.add(table == null ? -1L : table);
    if (first != null) {
      mostFirst = Math.max(mostFirst, first);
    }
    if (frame != null) {
      longestFrame = Math.max(longestFrame, frame.intValue());
    }
  }

  private Answer of(int id) {
    return answers.computeIfAbsent(id, _ -> new Answer());
  }

  /// Reads what was sent at once: frames in whole.
  void read(byte[] all) {
    int at = 0;
    while (at < all.length) {
      if (all.length - at < HEADER) {
        throw new AssertionError("a frame without a whole header");
      }
      int length = (all[at] & 0xff) << 16 | (all[at + 1] & 0xff) << 8 | all[at + 2] & 0xff;
      int id = number(all, at + 5);
      int from = at + HEADER;
      at = from + length;
      if (at > all.length) {
        throw new AssertionError("a frame is cut off");
      }
      if (length > longestFrame) {
        throw new AssertionError("a frame is longer than the client takes: " + length);
      }
      frame(all[from - 6], all[from - 5] & 0xff, id, all, from, length);
    }
  }

  private static int number(byte[] b, int at) {
    return (b[at] & 0xff) << 24
        | (b[at + 1] & 0xff) << 16
        | (b[at + 2] & 0xff) << 8
        | b[at + 3] & 0xff;
  }

  private void frame(int type, int flags, int id, byte[] b, int from, int length) {
    if (blockOf != 0 && (type != CONTINUATION || id != blockOf)) {
      throw new AssertionError("a frame of type " + type + " within a list of fields");
    }
    switch (type) {
      case DATA -> data(id, length, (flags & END_STREAM) != 0);
      case HEADERS -> {
        blockEnds = (flags & END_STREAM) != 0;
        fields(id, flags, b, from, length);
      }
      case CONTINUATION -> {
        if (blockOf == 0) {
          throw new AssertionError("CONTINUATION of nothing");
        }
        fields(id, flags, b, from, length);
      }
      case RST_STREAM -> reset(id, number(b, from));
      case SETTINGS -> {
        if ((flags & ACK) != 0) {
          acknowledged();
        }
      }
      case GOAWAY -> {
        goneAway = true;
        internal(number(b, from + 4), "GOAWAY");
      }
      default -> {
        // PING, WINDOW_UPDATE: nothing hangs on them
      }
    }
  }

  private static void internal(int code, String what) {
    if (code == INTERNAL_ERROR) {
      throw new AssertionError(what + " for an internal error");
    }
  }

  private void acknowledged() {
    Long table = tables.poll();
    if (table != null && table >= 0 && strict) {
      try {
        fields.maxHeaderTableSize(table);
      } catch (Http2Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private void reset(int id, int code) {
    internal(code, "RST_STREAM");
    Answer answer = of(id);
    answer.reset = answer.begun;
    answer.refused = code == REFUSED_STREAM;
  }

  private static void open(Answer answer, String what) {
    if (answer.ended || answer.reset) {
      throw new AssertionError(what + " behind the end of a stream");
    }
  }

  private void data(int id, int length, boolean last) {
    Answer answer = of(id);
    open(answer, "DATA");
    if (!answer.head) {
      throw new AssertionError("DATA in front of the head");
    }
    answer.received += length;
    answer.pieces++;
    window -= length;
    if (strict && (window < 0 || answer.received > mostFirst + answer.given)) {
      throw new AssertionError("DATA beyond a window");
    }
    if (last) {
      ended(answer);
    }
  }

  private void ended(Answer answer) {
    answer.ended = true;
    if (answer.received > 0 && answer.length >= 0 && answer.received != answer.length) {
      throw new AssertionError(answer.received + " bytes of a body of " + answer.length);
    }
    complete++;
    inPieces += answer.pieces > 2 && answer.given > 0 ? 1 : 0;
  }

  private void fields(int id, int flags, byte[] b, int from, int length) {
    block.write(b, from, length);
    blockOf = (flags & END_HEADERS) != 0 ? 0 : id;
    if (blockOf != 0) {
      return;
    }
    byte[] whole = block.toByteArray();
    block.reset();
    Answer answer = of(id);
    open(answer, "HEADERS");
    if (strict) {
      head(answer, id, whole);
    } else {
      answer.head = true;
    }
    if (blockEnds) {
      ended(answer);
    }
  }

  private void head(Answer answer, int id, byte[] whole) {
    Http2Headers list;
    try {
      list = fields.decodeHeaders(id, Unpooled.wrappedBuffer(whole));
    } catch (Http2Exception e) {
      throw new AssertionError("a list of fields that cannot be read", e);
    }
    CharSequence status = list.status();
    if (status == null || status.length() != 3 || answer.head) {
      throw new AssertionError("a head that is none: " + list);
    }
    int code = Integer.parseInt(status.toString());
    if (code == 500) {
      throw new AssertionError("the proxy failed: " + list);
    }
    answer.head = code >= 200;
    CharSequence length = list.get("content-length");
    answer.length = length == null ? -1 : Long.parseLong(length.toString());
  }
}
