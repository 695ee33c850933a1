package dev.lintel.proxy.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Makes the frames that a script asks for, most of them such as a client may send.
final class FrameClient {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int WITH_PRIORITY = 0x20;
  private static final String[] KINDS = {"/now", "/held", "/large"};
  private static final String[] ODD = {
    "content-length", "cookie", "te", "expect", "host", "connection", "x_odd", "X-Upper",
    "transfer-encoding", "upgrade", "content-type", ":path", ":odd", "", "range", "grpc-timeout"
  };

  private final DefaultHttp2HeadersEncoder encoder =
      new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
  private final List<Integer> ids = new ArrayList<>();
  private final List<Integer> plain = new ArrayList<>();
  private final Set<Integer> takenBack = new HashSet<>();
  private int nextId = 1;

  /// It sends nothing more.
  void end() {
    encoder.close();
  }

  /// Requests that nothing is wrong with.
  List<Integer> plain() {
    return plain;
  }

  /// Whether the client itself gave the request up.
  boolean isTakenBack(int id) {
    return takenBack.contains(id);
  }

  /// The number of the next stream.
  int nextId() {
    return nextId;
  }

  /// All streams that were begun.
  List<Integer> ids() {
    return ids;
  }

  /// The number of a stream, of those there were as a rule.
  private int stream(Script script) {
    int which = script.next();
    return which < 240 && !ids.isEmpty() ? ids.get(ids.size() - 1 - which % ids.size()) : which;
  }

  static byte[] frame(int type, int flags, int id, byte[] payload) {
    return frame(type, flags, id, payload, 0, payload.length);
  }

  private static byte[] frame(int type, int flags, int id, byte[] from, int at, int length) {
    byte[] frame = new byte[9 + length];
    frame[0] = (byte) (length >> 16);
    frame[1] = (byte) (length >> 8);
    frame[2] = (byte) length;
    frame[3] = (byte) type;
    frame[4] = (byte) flags;
    for (int i = 0; i < 4; i++) {
      frame[5 + i] = (byte) (id >> 24 - 8 * i);
    }
    System.arraycopy(from, at, frame, 9, length);
    return frame;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private byte[] encoded(int id, Http2Headers list) {
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(id, list, block);
      byte[] bytes = new byte[block.readableBytes()];
      block.readBytes(bytes);
      return bytes;
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    } finally {
      block.release();
    }
  }

  /// A list of fields, in as many frames as `shape` says.
  private byte[] list(int id, boolean last, Http2Headers list, int shape) {
    byte[] block = encoded(id, list);
    int flags = last ? END_STREAM : 0;
    if ((shape & 1) != 0) {
      flags |= WITH_PRIORITY;
      block = joined(new byte[] {0, 0, 0, 0, 15}, block);
    }
    if ((shape & 2) != 0) {
      flags |= PADDED;
      block = joined(joined(new byte[] {3}, block), new byte[3]);
    }
    int pieces = (shape & 2) != 0 ? 0 : shape >> 2 & 3;
    if (pieces == 0) {
      return frame(HEADERS, flags | END_HEADERS, id, block);
    }
    int step = Math.max(6, block.length / (pieces + 1));
    byte[] all = frame(HEADERS, flags, id, block, 0, Math.min(step, block.length));
    int at = Math.min(step, block.length);
    do {
      int length = at + 2 * step > block.length ? block.length - at : step;
      int ends = at + length == block.length ? END_HEADERS : 0;
      all = joined(all, frame(CONTINUATION, ends, id, block, at, length));
      at += length;
    } while (at < block.length);
    return all;
  }

  /// A request that every server takes.
  byte[] request(Script script, FrameAnswers answers) {
    int kind = script.below(KINDS.length);
    int shape = script.next();
    boolean last = (shape & 0x10) == 0;
    int id = begin(answers);
    plain.add(id);
    Http2Headers list = head(id, kind, last ? "GET" : "POST");
    if ((shape & 0x20) != 0) {
      list.add("x-long", "l".repeat(16 * script.next()));
    }
    return list(id, last, list, shape);
  }

  /// One with a field that many servers stumble over.
  byte[] oddRequest(Script script, FrameAnswers answers) {
    int kind = script.below(KINDS.length);
    int shape = script.next();
    int id = begin(answers);
    Http2Headers list = head(id, kind, "POST");
    for (int i = (shape >> 5) + 1; i > 0; i--) {
      StringBuilder value = new StringBuilder();
      String name = ODD[script.below(ODD.length)];
      for (byte b : script.take(script.below(24))) {
        value.append((char) (b & 0xff));
      }
      list.add(name, value);
    }
    return list(id, (shape & 0x10) == 0, list, shape);
  }

  private int begin(FrameAnswers answers) {
    int id = nextId;
    nextId += 2;
    ids.add(id);
    answers.begun(id);
    return id;
  }

  private static Http2Headers head(int id, int kind, String method) {
    Http2Headers list = new DefaultHttp2Headers(false);
    list.method(method).scheme("http").path(KINDS[kind] + "/" + id).authority("a.test");
    return list.add("x-number", Integer.toString(id));
  }

  byte[] body(Script script) {
    int id = stream(script);
    int shape = script.next();
    byte[] data = new byte[(shape >> 2) * (shape & 2) * 128 + (shape >> 2)];
    int ends = shape & 1;
    return shape == 255
        ? frame(DATA, ends | PADDED, id, joined(new byte[] {9}, new byte[12]))
        : frame(DATA, ends, id, data);
  }

  byte[] trailers(Script script, FrameAnswers answers) {
    int id = stream(script);
    if ((id & 1) == 1 && id >= nextId) {
      // These are a head, and not a good one.
      nextId = id;
      begin(answers);
    }
    int shape = script.next();
    Http2Headers list = new DefaultHttp2Headers(false).add("x-check", "c" + id);
    return list(id, (shape & 0x10) == 0, list, shape);
  }

  /// Opens a window and tells `answers`.
  byte[] window(Script script, FrameAnswers answers) {
    int id = script.below(2) == 0 ? 0 : stream(script);
    int scale = script.next();
    int more = scale << (scale & 15);
    answers.opened(id, more);
    return frame(WINDOW_UPDATE, 0, id, number(more));
  }

  static byte[] opened(int id, int more) {
    return frame(WINDOW_UPDATE, 0, id, number(more));
  }

  /// A setting; `answers` is told what hangs on it.
  byte[] settings(Script script, FrameAnswers answers) {
    int id = script.below(8) + 1;
    int scale = script.next();
    long value = (long) scale << (scale & 15);
    byte[] entry = joined(new byte[] {0, (byte) id}, number((int) value));
    Long said = value;
    answers.settings(id == 1 ? said : null, id == 4 ? said : null, id == 5 ? said : null);
    return frame(SETTINGS, 0, 0, entry);
  }

  byte[] reset(Script script) {
    int id = stream(script);
    takenBack.add(id);
    return frame(RST_STREAM, 0, id, number(script.below(14)));
  }

  /// What has no stream, or no meaning.
  byte[] control(Script script) {
    int id = stream(script);
    return switch (script.below(5)) {
      case 0 -> frame(PING, script.below(2), 0, new byte[8]);
      case 1 -> frame(PRIORITY, 0, id, new byte[] {0, 0, 0, 0, 15});
      case 2 -> frame(SETTINGS, 1, 0, new byte[0]);
      case 3 -> frame(GOAWAY, 0, 0, new byte[8]);
      default -> frame(0x10 + script.below(16), script.next(), id, new byte[3]);
    };
  }

  /// Any frame at all.
  byte[] any(Script script) {
    int type = script.below(11);
    int flags = script.next();
    int id = stream(script);
    return frame(type, flags, id, script.take(script.next()));
  }

  private static byte[] number(int value) {
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }
}
