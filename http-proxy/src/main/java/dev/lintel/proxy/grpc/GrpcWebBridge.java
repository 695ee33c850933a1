package dev.lintel.proxy.grpc;

import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.base64.Base64;
import io.netty.handler.codec.base64.Base64Dialect;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Makes a request of gRPC-Web one of gRPC, and the response to it one of gRPC-Web: its trailers
/// become the last frame of the body, and in the text form both bodies are in base64.
///
/// One for each request. Whoever passes a buffer in gets another one, or the same, back.
public final class GrpcWebBridge {
  private static final byte TRAILERS = (byte) 0x80;
  private static final int PREFIX = 5;

  /// Characters that stand for three bytes.
  private static final int GROUP = 4;

  private static final byte[] DIGITS = digits();

  private final byte[] webType;
  private final byte[] type;
  private final boolean text;

  /// Characters of a group that is not complete.
  private final byte[] open = new byte[GROUP];

  private int openCount;

  /// What each character stands for (RFC 4648 4); -1 for nothing.
  private static byte[] digits() {
    byte[] table = new byte[256];
    Arrays.fill(table, (byte) -1);
    byte[] all = Grpc.bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    for (int i = 0; i < all.length; i++) {
      table[all[i]] = (byte) i;
    }
    return table;
  }

  /// @param webType the type of the request, as the client sent it; the response gets it as well
  /// @param kind [Grpc.Kind#WEB] or [Grpc.Kind#WEB_TEXT]
  public GrpcWebBridge(Slice webType, Grpc.Kind kind) {
    this.webType = webType.toBytes();
    this.text = kind == Grpc.Kind.WEB_TEXT;
    byte[] plain = Grpc.bytes("application/grpc");
    int cut = plain.length + (text ? "-web-text" : "-web").length();
    byte[] rest = Arrays.copyOfRange(this.webType, cut, this.webType.length);
    this.type = Arrays.copyOf(plain, plain.length + rest.length);
    System.arraycopy(rest, 0, this.type, plain.length, rest.length);
  }

  /// The type that the upstream sees.
  public byte[] type() {
    return type;
  }

  /// Translates a piece of the request; null where it is no base64.
  public @Nullable ByteBuf request(ByteBuf piece, boolean last) {
    if (!text) {
      return piece;
    }
    int whole = (openCount + piece.readableBytes()) / GROUP * GROUP;
    ByteBuf groups = ByteBufAllocator.DEFAULT.heapBuffer(Math.max(whole, GROUP));
    groups.writeBytes(open, 0, Math.min(openCount, whole));
    if (whole > 0) {
      piece.readBytes(groups, whole - openCount);
      openCount = 0;
    }
    int left = piece.readableBytes();
    piece.readBytes(open, openCount, left);
    openCount += left;
    piece.release();
    try {
      return last && openCount > 0 ? null : decoded(groups);
    } finally {
      groups.release();
    }
  }

  /// Padding may stand inside: each message is encoded by itself.
  private static @Nullable ByteBuf decoded(ByteBuf groups) {
    ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(groups.readableBytes());
    while (groups.isReadable()) {
      if (!decode(groups.readInt(), out)) {
        out.release();
        return null;
      }
    }
    return out;
  }

  /// One group, strictly: white space in it, or anything behind padding, would be read otherwise by
  /// others, or otherwise where the body is cut elsewhere.
  private static boolean decode(int group, ByteBuf out) {
    int length = (byte) group != '=' ? 3 : (byte) (group >>> 8) != '=' ? 2 : 1;
    int bits = 0;
    for (int i = 0; i <= length; i++) {
      int digit = DIGITS[group >>> 24 - 8 * i & 0xff];
      if (digit < 0) {
        return false;
      }
      bits |= digit << 18 - 6 * i;
    }
    for (int i = 0; i < length; i++) {
      out.writeByte(bits >>> 16 - 8 * i);
    }
    return true;
  }

  /// Translates the head of the response, of which more follows unless `last`.
  public void head(ResponseHead head, boolean last) {
    head.set(HeaderNames.CONTENT_TYPE, webType);
    if (!last) {
      head.body(BodyFraming.CHUNKED, -1);
    }
  }

  /// Translates a piece of the response.
  public ByteBuf response(ByteBuf piece) {
    if (!text || !piece.isReadable()) {
      return piece;
    }
    ByteBuf encoded = Base64.encode(piece, false, Base64Dialect.STANDARD);
    piece.release();
    return encoded;
  }

  /// The trailers as a piece of the response.
  public ByteBuf trailers(Trailers trailers) {
    ByteBuf lines = Unpooled.buffer();
    lines.writeByte(TRAILERS).writeInt(0);
    for (int i = 0; i < trailers.count(); i++) {
      lines.writeBytes(trailers.name(i)).writeByte(':').writeByte(' ');
      lines.writeBytes(trailers.value(i)).writeByte('\r').writeByte('\n');
    }
    lines.setInt(1, lines.readableBytes() - PREFIX);
    return response(lines);
  }
}
