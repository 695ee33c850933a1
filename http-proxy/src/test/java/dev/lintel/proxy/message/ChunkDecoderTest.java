package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkDecoderTest {
  private ChunkDecoder decoder = ChunkDecoder.ofRequests();

  /// The data of a body that comes in pieces of `piece` bytes; null where it is malformed.
  private @Nullable String decoded(String text, int piece) {
    byte[] all = text.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder data = new StringBuilder();
    decoder.reset();
    for (int from = 0; from < all.length; from += piece) {
      ByteBuf in = Unpooled.wrappedBuffer(all, from, Math.min(piece, all.length - from));
      while (true) {
        int run = decoder.next(in);
        if (run > 0) {
          data.append(in.readCharSequence(run, StandardCharsets.ISO_8859_1));
        } else if (run == ChunkDecoder.MALFORMED) {
          assertThat(decoder.fault()).isNotNull();
          return null;
        } else {
          if (run == ChunkDecoder.END) {
            data.append('|').append(in.toString(StandardCharsets.ISO_8859_1));
          } else {
            assertThat(in.isReadable()).isFalse();
          }
          break;
        }
      }
    }
    return data.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "5#hello#0##!hello|",
        "1#h#4#ello#0##!hello|",
        "0000000000000005#hello#0##!hello|",
        "A#0123456789#000##!0123456789|",
        "5;name=val;flag#hello#0;last##!hello|",
        "5;a=\"x;\\\"y\"#hello#0##!hello|",
        "5#hello#0#X-T: v#Y:##!hello|",
        "0##!|",
      })
  void bodiesAreReadInAnyPieces(String text, String data) {
    String wire = text.replace("#", "\r\n");
    assertThat(decoded(wire + "GET", wire.length() + 3)).isEqualTo(data + "GET");
    for (int piece = 1; piece <= wire.length(); piece++) {
      assertThat(decoded(wire, piece)).as("pieces of %d", piece).isEqualTo(data);
      assertThat(decoder.isDone()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "8000000000000000#!CHUNK",
        "10000000000000005#!CHUNK",
        "0x5#!CHUNK",
        "+5#!CHUNK",
        "' 5#'!CHUNK",
        "'5 #'!CHUNK",
        "'5\t#'!CHUNK",
        "5\u000b#!CHUNK",
        "5\0#!CHUNK",
        "5,#!CHUNK",
        "#!CHUNK",
        ";a#!CHUNK",
        "'5\nhello'!CHUNK",
        "'5\rhello'!CHUNK",
        "'5#hello\r0##'!CHUNK",
        "'5#hello\n0##'!CHUNK",
        "5#hel#0##!CHUNK",
        "5#hello##0##!CHUNK",
        "'5;\nhello#'!CHUNK",
        "'5;a\nb#hello#'!CHUNK",
        "5;#hello#!CHUNK",
        "5;a=#hello#!CHUNK",
        "5;=b#hello#!CHUNK",
        "'2\r\r;a#02#'!CHUNK",
        "5;a=\"x#0##GET!CHUNK",
        "5;a=\"x\"y#!CHUNK",
        "'5;a\u0001=b#'!CHUNK",
        "5 ext#!CHUNK",
        "'5 ;ext#'!CHUNK",
        "'5#hello#0#X-T : v##'!CHUNK_TRAILER",
        "'5#hello#0#X-T: v\nY: z##'!CHUNK_TRAILER",
        "'5#hello#0#: v##'!CHUNK_TRAILER",
        "'5#hello#0# X: v##'!CHUNK_TRAILER",
        "'5#hello#0#X: v# y##'!CHUNK_TRAILER",
        "'5#hello#0#X: \0##'!CHUNK_TRAILER",
        "'5#hello#0#\rX'!CHUNK_TRAILER",
      })
  void malformedBodiesAreRefusedInAnyPieces(String text, Malformed why) {
    String wire = text.replace("#", "\r\n");
    for (int piece = 1; piece <= wire.length(); piece++) {
      assertThat(decoded(wire, piece)).as("pieces of %d", piece).isNull();
      assertThat(decoder.fault()).isEqualTo(why);
    }
  }

  @Test
  void longLinesAndEndlessSmallOnesAreRefused() {
    assertThat(decoded("5;" + "e".repeat(20_000) + "\r\nhello\r\n0\r\n\r\n", 1000)).isNull();
    assertThat(decoder.fault()).isEqualTo(Malformed.CHUNK_OVERHEAD);
    assertThat(decoded(("1;" + "e".repeat(1000) + "\r\nh\r\n").repeat(100), 1000)).isNull();
    assertThat(decoder.fault()).isEqualTo(Malformed.CHUNK_OVERHEAD);
    assertThat(decoded("0\r\nX: " + "e".repeat(20_000), 1000)).isNull();
    assertThat(decoder.fault()).isEqualTo(Malformed.CHUNK_TRAILER);
    assertThat(decoded("1\r\nh\r\n".repeat(20_000) + "0\r\n\r\n", 8000)).hasSize(20_001);
  }

  @Test
  void aHugeChunkIsLegalAndNotAllocated() {
    assertThat(decoded("FFFFFFFF\r\nhello", 100)).isEqualTo("hello");
    assertThat(decoder.left()).isEqualTo(0xffff_ffffL - 5);
    decoder = ChunkDecoder.ofResponses();
    assertThat(decoded("7FFFFFFFFFFFFFFF\r\nhello", 100)).isEqualTo("hello");
  }

  @Test
  void aSizeThatOthersReadWithLessBitsIsRefused() {
    for (String size : new String[] {"100000005", "0000000100000000", "7FFFFFFFFFFFFFFF"}) {
      assertThat(decoded(size + "\r\nhello\r\n0\r\n\r\n", 100)).isNull();
      assertThat(decoder.fault()).isEqualTo(Malformed.CHUNK);
    }
  }

  @Test
  void anUpstreamMayPadItsSizesWhichIsTold() {
    decoder = ChunkDecoder.ofResponses();
    for (int piece = 1; piece < 20; piece++) {
      assertThat(decoded("5#hello#0##".replace("#", "\r\n"), piece)).isEqualTo("hello|");
      assertThat(decoder.isPadded()).isFalse();
      assertThat(decoded("5 \t#hello#0 ##".replace("#", "\r\n"), piece)).isEqualTo("hello|");
      assertThat(decoder.isPadded()).isTrue();
    }
    for (String wrong : new String[] {" 5#hello#0##", "5 5#hello#0##", "5 x#hello#0##", "5 \n"}) {
      assertThat(decoded(wrong.replace("#", "\r\n"), 100)).as(wrong).isNull();
    }
    assertThat(decoded("5" + " ".repeat(5_000) + "\r\nhello", 100)).isNull();
  }

  @Test
  void chunksAreWrittenAsTheyAreRead() {
    for (int length : new int[] {1, 9, 15, 16, 255, 256, 65_535, 1 << 20}) {
      ByteBuf out = Unpooled.buffer();
      ChunkEncoder.head(out, length);
      assertThat(out.readableBytes()).isLessThanOrEqualTo(ChunkEncoder.LONGEST_HEAD);
      assertThat(out.toString(StandardCharsets.US_ASCII))
          .isEqualTo(Integer.toHexString(length) + "\r\n");
      out.writeZero(length);
      ChunkEncoder.tail(out);
      ChunkEncoder.last(out);
      decoder.reset();
      assertThat(decoder.next(out)).isEqualTo(length);
      out.skipBytes(length);
      assertThat(decoder.next(out)).isEqualTo(ChunkDecoder.END);
    }
  }
}
