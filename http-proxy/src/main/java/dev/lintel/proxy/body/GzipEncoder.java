package dev.lintel.proxy.body;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Compresses one body after another with gzip (RFC 1952), a piece at a time. Holds about 300 KiB
/// outside of the heap until [#close]. Belongs to one loop.
///
/// A piece costs its loop what zlib takes for it: of 64 KiB, the most that one read brings, about a
/// millisecond at level 1 and five at level 9.
public final class GzipEncoder {
  private static final int STEP = 4 * 1024;
  private static final byte UNIX = 3;
  private static final byte[] HEADER = {
    0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, UNIX
  };

  private final int level;
  private final Deflater deflater;
  private final CRC32 sum = new CRC32();
  private boolean begun;
  private boolean pending;

  GzipEncoder(int level) {
    this.level = level;
    this.deflater = new Deflater(level, true);
  }

  int level() {
    return level;
  }

  void begin() {
    deflater.reset();
    sum.reset();
    begun = false;
    pending = false;
  }

  /// Takes a piece, which stays the caller's, and appends what comes out; that may be nothing yet.
  public void write(ByteBuf piece, ByteBuf out) {
    if (!piece.isReadable()) {
      return;
    }
    int before = out.writerIndex();
    boolean first = !begun;
    head(out);
    pending = true;
    if (piece.nioBufferCount() == 1) {
      take(piece.nioBuffer(), out);
    } else {
      for (ByteBuffer part : piece.nioBuffers()) {
        take(part, out);
      }
    }
    if (first && out.writerIndex() == before + HEADER.length) {
      // A header alone is of no use to anybody.
      out.writerIndex(before);
      begun = false;
    }
  }

  private void take(ByteBuffer bytes, ByteBuf out) {
    sum.update(bytes.duplicate());
    deflater.setInput(bytes);
    drain(out, Deflater.NO_FLUSH);
  }

  /// Whether something was taken that no [#flush] brought out yet.
  public boolean isPending() {
    return pending;
  }

  /// Appends all that was taken so far in a form that can be unpacked as it stands.
  public void flush(ByteBuf out) {
    if (pending) {
      pending = false;
      head(out);
      drain(out, Deflater.SYNC_FLUSH);
    }
  }

  /// Appends the end.
  public void finish(ByteBuf out) {
    head(out);
    pending = false;
    deflater.finish();
    drain(out, Deflater.NO_FLUSH);
    out.writeIntLE((int) sum.getValue());
    out.writeIntLE((int) deflater.getBytesRead());
  }

  private void head(ByteBuf out) {
    if (!begun) {
      begun = true;
      out.writeBytes(HEADER);
    }
  }

  private void drain(ByteBuf out, int mode) {
    boolean more = true;
    while (more) {
      out.ensureWritable(STEP);
      ByteBuffer room = out.nioBuffer(out.writerIndex(), out.writableBytes());
      int count = deflater.deflate(room, mode);
      out.writerIndex(out.writerIndex() + count);
      // Room that is left says that nothing more comes for now.
      more = !room.hasRemaining() && !deflater.finished();
    }
  }

  void close() {
    deflater.end();
  }
}
