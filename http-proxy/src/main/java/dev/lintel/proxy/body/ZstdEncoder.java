package dev.lintel.proxy.body;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Compresses with Zstandard (RFC 8878). Window and tables are smaller than the library would make
/// them, which is up to 80 MiB for its highest levels: 128 KiB and 64 Ki entries.
final class ZstdEncoder extends NativeEncoder {
  static final String LIBRARY = "libzstd.so.1";

  private static final int WINDOW_BITS = 17;
  private static final int TABLE_BITS = 16;

  // ZSTD_cParameter
  private static final int LEVEL = 100;
  private static final int WINDOW_LOG = 101;
  private static final int HASH_LOG = 102;
  private static final int CHAIN_LOG = 103;

  // ZSTD_ResetDirective
  private static final int SESSION_ONLY = 1;

  /// The functions of the library.
  private record Calls(
      MethodHandle create,
      MethodHandle set,
      MethodHandle reset,
      MethodHandle compress,
      MethodHandle isError,
      MethodHandle free) {

    static Calls of(SystemLibrary library) {
      return new Calls(
          library.function("ZSTD_createCCtx", JAVA_LONG),
          library.function("ZSTD_CCtx_setParameter", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
          library.function("ZSTD_CCtx_reset", JAVA_LONG, JAVA_LONG, JAVA_INT),
          library.function(
              "ZSTD_compressStream2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT),
          library.function("ZSTD_isError", JAVA_INT, JAVA_LONG),
          library.function("ZSTD_freeCCtx", JAVA_LONG, JAVA_LONG));
    }
  }

  private static final @Nullable Calls CALLS = SystemLibrary.open(LIBRARY, Calls::of);

  // ZSTD_inBuffer and ZSTD_outBuffer
  private static final long INPUT = 0;
  private static final long INPUT_SIZE = 8;
  private static final long INPUT_AT = 16;
  private static final long ROOM = 24;
  private static final long ROOM_SIZE = 32;
  private static final long ROOM_AT = 40;
  private static final long BLOCK = 48;

  private final Calls calls = Objects.requireNonNull(CALLS);
  private final MemorySegment block = Arena.ofAuto().allocate(BLOCK, Long.BYTES);
  private long context;
  private long left;

  private ZstdEncoder(int level) {
    super(Coding.ZSTD, level);
  }

  // Who asks for one so need not load this class to know that it is an encoder.
  static Encoder of(int level) {
    return new ZstdEncoder(level);
  }

  static boolean isAvailable() {
    return CALLS != null;
  }

  @Override
  boolean restart() {
    try {
      if (context != 0) {
        return !isError((long) calls.reset().invokeExact(context, SESSION_ONLY));
      }
      context = (long) calls.create().invokeExact();
      return context != 0
          && set(LEVEL, level())
          && set(WINDOW_LOG, WINDOW_BITS)
          && set(HASH_LOG, TABLE_BITS)
          && set(CHAIN_LOG, TABLE_BITS);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean set(int parameter, int value) throws Throwable {
    return !isError((long) calls.set().invokeExact(context, parameter, value));
  }

  private boolean isError(long result) throws Throwable {
    return (int) calls.isError().invokeExact(result) != 0;
  }

  @Override
  void input(long address, long length) {
    block.set(JAVA_LONG, INPUT, address);
    block.set(JAVA_LONG, INPUT_SIZE, length);
    block.set(JAVA_LONG, INPUT_AT, 0);
  }

  @Override
  int step(int operation, long room, long size) {
    block.set(JAVA_LONG, ROOM, room);
    block.set(JAVA_LONG, ROOM_SIZE, size);
    block.set(JAVA_LONG, ROOM_AT, 0);
    long at = block.address();
    boolean failed;
    try {
      left = (long) calls.compress().invokeExact(context, at + ROOM, at + INPUT, operation);
      failed = isError(left);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    if (failed) {
      throw new IllegalStateException("Zstandard cannot go on");
    }
    return (int) block.get(JAVA_LONG, ROOM_AT);
  }

  @Override
  boolean isMore(int operation) {
    return operation == MORE
        ? block.get(JAVA_LONG, INPUT_AT) < block.get(JAVA_LONG, INPUT_SIZE)
        : left != 0;
  }

  @Override
  boolean isReusable() {
    return true;
  }

  @Override
  void close() {
    if (context != 0) {
      long last = context;
      context = 0;
      try {
        left = (long) calls.free().invokeExact(last);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
