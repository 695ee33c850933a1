package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lintel.proxy.grpc.Grpc;
import dev.lintel.proxy.grpc.GrpcWebBridge;
import dev.lintel.proxy.message.Slice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Bodies of gRPC-Web in base64: what is accepted, the JDK decodes to the same bytes, group by
/// group; where the bytes are cut does not matter, and no buffer is left.
public final class GrpcWebTarget {
  private static final byte[] TYPE = "application/grpc-web-text".getBytes(US_ASCII);
  private static final int GROUP = 4;

  private GrpcWebTarget() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    long before = FrameStand.memory();
    byte[] whole = read(input, Math.max(1, input.length));
    byte[] pieces = read(input, 3);
    if (!Arrays.equals(whole, pieces)) {
      throw new AssertionError("pieces are read otherwise");
    }
    HeadTarget.same("bytes of buffers not released", before, FrameStand.memory());
    if (whole == null) {
      return;
    }
    Planted.at(whole.length > 2 && input[GROUP - 1] == '=');
    if (!Arrays.equals(whole, strict(input))) {
      throw new AssertionError("the JDK reads it otherwise");
    }
  }

  private static byte @Nullable [] read(byte[] input, int step) {
    GrpcWebBridge bridge = new GrpcWebBridge(Slice.of(TYPE), Grpc.Kind.WEB_TEXT);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int from = 0;
    do {
      int length = Math.min(step, input.length - from);
      ByteBuf piece = UnpooledByteBufAllocator.DEFAULT.heapBuffer(Math.max(1, length));
      ByteBuf plain =
          bridge.request(piece.writeBytes(input, from, length), from + length == input.length);
      from += length;
      if (plain == null) {
        return null;
      }
      byte[] bytes = new byte[plain.readableBytes()];
      plain.readBytes(bytes);
      plain.release();
      all.writeBytes(bytes);
    } while (from < input.length);
    return all.toByteArray();
  }

  private static byte @Nullable [] strict(byte[] input) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int at = 0; at < input.length; at += GROUP) {
        all.writeBytes(Base64.getDecoder().decode(Arrays.copyOfRange(input, at, at + GROUP)));
      }
    } catch (IllegalArgumentException _) {
      return null;
    }
    return all.toByteArray();
  }
}
