package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lintel.proxy.message.ChunkDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// Chunked bodies of clients: what is accepted, a strict reader reads alike; where the bytes are
/// cut does not matter.
public final class ChunkTarget {
  private ChunkTarget() {}

  /// A body as the decoder read it.
  ///
  /// @param end what it said last
  /// @param used how many bytes of the input it took
  private record Body(String data, int end, int used) {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    Body whole = read(input, Math.max(1, input.length));
    Body pieces = read(input, 3);
    HeadTarget.same("end in pieces", whole.end(), pieces.end());
    if (whole.end() != ChunkDecoder.END) {
      return;
    }
    HeadTarget.same("body in pieces", whole, pieces);
    String text = new String(input, ISO_8859_1);
    Planted.at(whole.data().length() > 1 && text.contains(";"));
    String strict = strict(text, whole.used());
    if (strict == null) {
      throw new AssertionError("a strict reader refuses it");
    }
    HeadTarget.same("body", strict, whole.data());
  }

  private static Body read(byte[] input, int step) {
    ChunkDecoder decoder = ChunkDecoder.ofRequests();
    decoder.reset();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    int answer = ChunkDecoder.MORE;
    int from = 0;
    int used = 0;
    while (from < input.length && answer == ChunkDecoder.MORE) {
      int length = Math.min(step, input.length - from);
      ByteBuf piece = Unpooled.wrappedBuffer(input, from, length);
      answer = decoder.next(piece);
      while (answer > 0) {
        byte[] run = new byte[answer];
        piece.readBytes(run);
        data.writeBytes(run);
        answer = decoder.next(piece);
      }
      used = from + piece.readerIndex();
      from += length;
    }
    return new Body(data.toString(ISO_8859_1), answer, used);
  }

  /// The data of the first `length` characters; null where they are no chunked body.
  private static @Nullable String strict(String text, int length) {
    StringBuilder data = new StringBuilder();
    int at = 0;
    while (true) {
      int end = text.indexOf("\r\n", at);
      if (end < 0) {
        return null;
      }
      String digits = text.substring(at, end).split(";", 2)[0];
      if (!digits.matches("[0-9a-fA-F]{1,16}")) {
        return null;
      }
      long size = Long.parseUnsignedLong(digits, 16);
      at = end + 2;
      if (size == 0) {
        int trailers = text.startsWith("\r\n", at) ? at : text.indexOf("\r\n\r\n", at);
        int last = trailers == at ? at + 2 : trailers + 4;
        return trailers >= 0 && last == length ? data.toString() : null;
      }
      if (size < 0 || size > text.length() - at || !text.startsWith("\r\n", at + (int) size)) {
        return null;
      }
      data.append(text, at, at + (int) size);
      at += (int) size + 2;
    }
  }
}
