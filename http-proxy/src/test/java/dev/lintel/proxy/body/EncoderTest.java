package dev.lintel.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What compresses, of every coding.
class EncoderTest {
  private static final byte[] TEXT = "a page, and the same page again; ".repeat(2_000).getBytes();

  private static CodingRule rule(Coding coding, int level) {
    return new CodingRule(coding, level, 0, new ContentTypes(List.of()));
  }

  private static int highest(Coding coding) {
    return coding == Coding.BROTLI ? 11 : 9;
  }

  private static byte[] bytes(ByteBuf out) {
    byte[] packed = new byte[out.readableBytes()];
    out.getBytes(out.readerIndex(), packed);
    return packed;
  }

  /// In one of the forms that a piece may have.
  private static ByteBuf piece(byte[] bytes, Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Unpooled.copiedBuffer(bytes);
      case 1 -> Unpooled.directBuffer(bytes.length + 1).writeBytes(bytes);
      default -> {
        CompositeByteBuf parts = Unpooled.compositeBuffer();
        int half = bytes.length / 2;
        parts.addComponent(true, Unpooled.copiedBuffer(bytes, 0, half));
        parts.addComponent(
            true, Unpooled.directBuffer().writeBytes(bytes, half, bytes.length - half));
        yield parts;
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUnpackedIsWhatWasPackedWhateverThePieces(Coding coding) throws IOException {
    Random random = new Random(7);
    Encoders encoders = new Encoders();
    for (int round = 0; round < 60; round++) {
      Encoder encoder = encoders.take(rule(coding, 1 + round % highest(coding)));
      ByteBuf out = Unpooled.directBuffer(16);
      StringBuilder all = new StringBuilder();
      int pieces = random.nextInt(6);
      for (int i = 0; i < pieces; i++) {
        String text =
            "piece %d of %d, ".formatted(i, random.nextInt()).repeat(random.nextInt(3000));
        all.append(text);
        ByteBuf piece = piece(text.getBytes(StandardCharsets.US_ASCII), random);
        encoder.write(piece, out);
        piece.release();
        if (!text.isEmpty()) {
          assertThat(encoder.isPending()).isTrue();
        }
        if (random.nextBoolean()) {
          encoder.flush(out);
          assertThat(encoder.isPending()).isFalse();
          if (!all.isEmpty()) {
            assertThat(Unpacked.of(coding, bytes(out)).bytes())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo(all.toString());
          }
        }
      }
      encoder.finish(out);
      encoders.giveBack(encoder);
      Unpacked unpacked = Unpacked.of(coding, bytes(out));
      assertThat(unpacked.isWhole()).isTrue();
      assertThat(unpacked.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo(all.toString());
      out.release();
    }
    assertThat(encoders.usedBytes()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeMadeShorterArrivesWholeAsWell(Coding coding) throws IOException {
    byte[] noise = new byte[500_000];
    new Random(1).nextBytes(noise);
    Encoders encoders = new Encoders();
    Encoder encoder = encoders.take(rule(coding, highest(coding)));
    ByteBuf out = Unpooled.directBuffer(16);
    encoder.write(Unpooled.wrappedBuffer(noise), out);
    encoder.finish(out);
    encoders.giveBack(encoder);
    assertThat(Unpacked.of(coding, bytes(out)))
        .satisfies(
            unpacked -> {
              assertThat(unpacked.bytes()).isEqualTo(noise);
              assertThat(unpacked.isWhole()).isTrue();
            });
    out.release();
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatIsBrokenOffLeavesNothingToTheNext(Coding coding) throws IOException {
    Encoders encoders = new Encoders();
    ByteBuf out = Unpooled.directBuffer();
    for (int i = 0; i < 4; i++) {
      Encoder encoder = encoders.take(rule(coding, 4));
      encoder.write(Unpooled.wrappedBuffer(TEXT), out.clear());
      if (i % 2 == 1) {
        encoder.finish(out);
        Unpacked unpacked = Unpacked.of(coding, bytes(out));
        assertThat(unpacked.bytes()).isEqualTo(TEXT);
        assertThat(unpacked.isWhole()).isTrue();
        assertThat(out.readableBytes()).isLessThan(TEXT.length / 10);
      }
      encoders.giveBack(encoder);
    }
    assertThat(encoders.usedBytes()).isZero();
    out.release();
  }

  /// Two gigabytes would be needed if they were kept.
  @ParameterizedTest
  @EnumSource
  void memoryOfBodiesThatAreBrokenOffIsGivenBack(Coding coding) throws IOException {
    Encoders encoders = new Encoders();
    ByteBuf out = Unpooled.directBuffer();
    long most = 0;
    for (int i = 0; i < 2_000; i++) {
      Encoder encoder = encoders.take(rule(coding, 5 + i % 2));
      encoder.write(Unpooled.wrappedBuffer(TEXT), out.clear());
      encoders.giveBack(encoder);
      if (i == 100) {
        most = residentBytes() + 200_000_000;
      }
    }
    assertThat(residentBytes()).isLessThan(most);
    out.release();
  }

  private static long residentBytes() throws IOException {
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
  }

  @ParameterizedTest
  @EnumSource
  void noMoreBodiesThanMemoryIsMeantForAreCompressedAtATime(Coding coding) {
    Encoders encoders = new Encoders();
    List<Encoder> taken = new ArrayList<>();
    for (int i = 0; i < (coding == Coding.GZIP ? 64 : 20); i++) {
      taken.add(encoders.take(rule(coding, 1)));
    }
    assertThat(taken).doesNotContainNull();
    assertThat(encoders.take(rule(coding, 1))).isNull();
    taken.forEach(encoders::giveBack);
    assertThat(encoders.usedBytes()).isZero();
    Encoder again = encoders.take(rule(coding, 1));
    assertThat(again).isNotNull();
    encoders.giveBack(again);
  }

  @Test
  void codingsShareTheirMemoryAndNotTheirEncoders() {
    Encoders encoders = new Encoders();
    for (int i = 0; i < 3; i++) {
      Encoder zstd = encoders.take(rule(Coding.ZSTD, 3));
      Encoder gzip = encoders.take(rule(Coding.GZIP, 1));
      assertThat(zstd.coding()).isEqualTo(Coding.ZSTD);
      assertThat(gzip.coding()).isEqualTo(Coding.GZIP);
      assertThat(encoders.usedBytes()).isEqualTo(Coding.ZSTD.bytes() + Coding.GZIP.bytes());
      encoders.giveBack(zstd);
      encoders.giveBack(gzip);
    }
  }

  @Test
  void aLibraryThatIsNotThereIsNoFault() {
    String nothing = SystemLibrary.open("libnowhere.so.1", library -> "found");
    assertThat(nothing).isNull();
    MethodHandle older =
        SystemLibrary.open("libzstd.so.1", library -> library.procedure("ZSTD_noSuchFunction"));
    assertThat(older).isNull();
  }
}
