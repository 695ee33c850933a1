package dev.lintel.proxy.body;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.zip.GZIPInputStream;

/// Compressed bodies, unpacked by the library of their coding.
///
/// @param bytes what came out
/// @param isWhole whether the end of the body was seen, and nothing behind it
public record Unpacked(byte[] bytes, boolean isWhole) {
  private static final int ROOM = 64 * 1024;

  private record Brotli(MethodHandle create, MethodHandle unpack, MethodHandle destroy) {
    static Brotli of(SystemLibrary library) {
      return new Brotli(
          library.function(
              "BrotliDecoderCreateInstance", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          library.function(
              "BrotliDecoderDecompressStream",
              JAVA_INT,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG),
          library.procedure("BrotliDecoderDestroyInstance", JAVA_LONG));
    }
  }

  private record Zstd(MethodHandle create, MethodHandle unpack, MethodHandle free) {
    static Zstd of(SystemLibrary library) {
      return new Zstd(
          library.function("ZSTD_createDStream", JAVA_LONG),
          library.function("ZSTD_decompressStream", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          library.function("ZSTD_freeDStream", JAVA_LONG, JAVA_LONG));
    }
  }

  private static final Brotli BROTLI = SystemLibrary.open("libbrotlidec.so.1", Brotli::of);
  private static final Zstd ZSTD = SystemLibrary.open("libzstd.so.1", Zstd::of);

  /// What comes out of a body, or of the beginning of one.
  public static Unpacked of(Coding coding, byte[] packed) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocate(packed.length + 1L).copyFrom(MemorySegment.ofArray(packed));
      return switch (coding) {
        case BROTLI -> brotli(in, packed.length, arena);
        case ZSTD -> zstd(in, packed.length, arena);
        case GZIP -> gzip(packed);
      };
    }
  }

  private static Unpacked gzip(byte[] packed) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), ROOM)) {
      byte[] room = new byte[ROOM];
      int count;
      while ((count = in.read(room)) >= 0) {
        all.write(room, 0, count);
      }
    } catch (EOFException e) {
      return new Unpacked(all.toByteArray(), false);
    }
    return new Unpacked(all.toByteArray(), true);
  }

  private static Unpacked brotli(MemorySegment in, long length, Arena arena) throws IOException {
    MemorySegment block = arena.allocate(4 * ValueLayout.JAVA_LONG.byteSize(), Long.BYTES);
    MemorySegment room = arena.allocate(ROOM);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    block.setAtIndex(JAVA_LONG, 0, length);
    block.setAtIndex(JAVA_LONG, 1, in.address());
    try {
      long state = (long) BROTLI.create().invokeExact(0L, 0L, 0L);
      int result;
      int count;
      do {
        block.setAtIndex(JAVA_LONG, 2, ROOM);
        block.setAtIndex(JAVA_LONG, 3, room.address());
        long at = block.address();
        result = (int) BROTLI.unpack().invokeExact(state, at, at + 8, at + 16, at + 24, 0L);
        count = (int) (ROOM - block.getAtIndex(JAVA_LONG, 2));
        all.writeBytes(room.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      } while (result == 3 || result == 2 && count == ROOM);
      BROTLI.destroy().invokeExact(state);
      if (result == 0) {
        throw new IOException("no Brotli");
      }
      boolean isWhole = result == 1 && block.getAtIndex(JAVA_LONG, 0) == 0;
      return new Unpacked(all.toByteArray(), isWhole);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Unpacked zstd(MemorySegment in, long length, Arena arena) throws IOException {
    MemorySegment input = arena.allocate(3 * ValueLayout.JAVA_LONG.byteSize(), Long.BYTES);
    MemorySegment output = arena.allocate(3 * ValueLayout.JAVA_LONG.byteSize(), Long.BYTES);
    MemorySegment room = arena.allocate(ROOM);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    input.setAtIndex(JAVA_LONG, 0, in.address());
    input.setAtIndex(JAVA_LONG, 1, length);
    output.setAtIndex(JAVA_LONG, 0, room.address());
    output.setAtIndex(JAVA_LONG, 1, ROOM);
    try {
      long state = (long) ZSTD.create().invokeExact();
      long left;
      int count;
      do {
        output.setAtIndex(JAVA_LONG, 2, 0);
        left = (long) ZSTD.unpack().invokeExact(state, output.address(), input.address());
        count = (int) output.getAtIndex(JAVA_LONG, 2);
        all.writeBytes(room.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      } while (left > 0 && (input.getAtIndex(JAVA_LONG, 2) < length || count == ROOM));
      long freed = (long) ZSTD.free().invokeExact(state);
      if (left < 0 || freed != 0) {
        throw new IOException("no Zstandard");
      }
      boolean isWhole = left == 0 && input.getAtIndex(JAVA_LONG, 2) == length;
      return new Unpacked(all.toByteArray(), isWhole);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
