package dev.lintel.proxy.body;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Compresses with Brotli (RFC 7932). The library cannot begin anew, so each body has a state of
/// its own, which is made when the body begins.
///
/// Windows are smaller than the library would make them: 256 KiB, and 64 KiB from level 5 on, where
/// its tables grow with the window, to 32 MiB at level 9. Levels 10 and 11 count as 9, for they
/// take fifty milliseconds for what one read brings, and the loop's other clients would wait.
final class BrotliEncoder extends NativeEncoder {
  static final String LIBRARY = "libbrotlienc.so.1";

  private static final int HIGHEST = 9;
  private static final int FIRST_WITH_TABLES = 5;
  private static final int WINDOW_BITS = 18;
  private static final int SMALL_WINDOW_BITS = 16;

  // BrotliEncoderParameter
  private static final int QUALITY = 1;
  private static final int LGWIN = 2;

  /// The functions of the library.
  private record Calls(
      MethodHandle create,
      MethodHandle set,
      MethodHandle compress,
      MethodHandle hasMore,
      MethodHandle destroy) {

    static Calls of(SystemLibrary library) {
      return new Calls(
          library.function(
              "BrotliEncoderCreateInstance", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          library.function("BrotliEncoderSetParameter", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT),
          library.function(
              "BrotliEncoderCompressStream",
              JAVA_INT,
              JAVA_LONG,
              JAVA_INT,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_LONG),
          library.function("BrotliEncoderHasMoreOutput", JAVA_INT, JAVA_LONG),
          library.procedure("BrotliEncoderDestroyInstance", JAVA_LONG));
    }
  }

  private static final @Nullable Calls CALLS = SystemLibrary.open(LIBRARY, Calls::of);

  // What the library reads and moves on.
  private static final long INPUT_LEFT = 0;
  private static final long INPUT = 8;
  private static final long ROOM_LEFT = 16;
  private static final long ROOM = 24;
  private static final long BLOCK = 32;

  private final Calls calls = Objects.requireNonNull(CALLS);
  private final MemorySegment block = Arena.ofAuto().allocate(BLOCK, Long.BYTES);
  private long state;

  private BrotliEncoder(int level) {
    super(Coding.BROTLI, level);
  }

  // Who asks for one so need not load this class to know that it is an encoder.
  static Encoder of(int level) {
    return new BrotliEncoder(level);
  }

  static boolean isAvailable() {
    return CALLS != null;
  }

  @Override
  boolean restart() {
    close();
    int quality = Math.min(level(), HIGHEST);
    int bits = quality < FIRST_WITH_TABLES ? WINDOW_BITS : SMALL_WINDOW_BITS;
    try {
      state = (long) calls.create().invokeExact(0L, 0L, 0L);
      if (state == 0) {
        return false;
      }
      int set = (int) calls.set().invokeExact(state, QUALITY, quality);
      set &= (int) calls.set().invokeExact(state, LGWIN, bits);
      return set != 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void input(long address, long length) {
    block.set(JAVA_LONG, INPUT_LEFT, length);
    block.set(JAVA_LONG, INPUT, address);
  }

  @Override
  int step(int operation, long room, long size) {
    block.set(JAVA_LONG, ROOM_LEFT, size);
    block.set(JAVA_LONG, ROOM, room);
    long at = block.address();
    int done;
    try {
      done =
          (int)
              calls
                  .compress()
                  .invokeExact(
                      state, operation, at + INPUT_LEFT, at + INPUT, at + ROOM_LEFT, at + ROOM, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (done == 0) {
      throw new IllegalStateException("Brotli cannot go on");
    }
    return (int) (size - block.get(JAVA_LONG, ROOM_LEFT));
  }

  @Override
  boolean isMore(int operation) {
    if (block.get(JAVA_LONG, INPUT_LEFT) > 0) {
      return true;
    }
    try {
      return (int) calls.hasMore().invokeExact(state) != 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  boolean isReusable() {
    return false;
  }

  @Override
  void close() {
    if (state != 0) {
      try {
        calls.destroy().invokeExact(state);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
      state = 0;
    }
  }
}
