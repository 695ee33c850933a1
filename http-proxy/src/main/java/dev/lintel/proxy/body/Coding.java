package dev.lintel.proxy.body;

import java.nio.charset.StandardCharsets;

/// A coding of content (RFC 9110 8.4.1) that responses are compressed with, the one that is taken
/// first of those that a client likes as much. Those but gzip want a library of the system, which
/// is looked for when somebody asks, and not before.
public enum Coding {
  /// RFC 7932, by libbrotlienc.
  BROTLI("br", BrotliEncoder.LIBRARY, 1024) {
    @Override
    public boolean isAvailable() {
      return BrotliEncoder.isAvailable();
    }

    @Override
    Encoder encoder(int level) {
      return BrotliEncoder.of(level);
    }
  },

  /// RFC 8878, by libzstd, with windows that RFC 9659 lets every client take.
  ZSTD("zstd", ZstdEncoder.LIBRARY, 1024) {
    @Override
    public boolean isAvailable() {
      return ZstdEncoder.isAvailable();
    }

    @Override
    Encoder encoder(int level) {
      return ZstdEncoder.of(level);
    }
  },

  /// RFC 1952, by the JDK.
  GZIP("gzip", "", 320) {
    @Override
    public boolean isAvailable() {
      return true;
    }

    @Override
    Encoder encoder(int level) {
      return GzipEncoder.of(level);
    }
  };

  private static final int KIB = 1024;

  private final byte[] token;
  private final String library;
  private final int bytes;

  Coding(String token, String library, int kibibytes) {
    this.library = library;
    this.token = token.getBytes(StandardCharsets.US_ASCII);
    this.bytes = kibibytes * KIB;
  }

  /// Whether this process can compress with it. The first call may read a library: not for a loop.
  public abstract boolean isAvailable();

  /// What the loader knows its library by; empty where it wants none.
  public String library() {
    return library;
  }

  /// A new encoder, which belongs to the loop that asks.
  abstract Encoder encoder(int level);

  /// Its name in fields, in lower case. Not to be changed.
  byte[] token() {
    return token;
  }

  /// About what an encoder holds outside of the heap.
  int bytes() {
    return bytes;
  }
}
