package dev.lintel.proxy.body;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Compresses with gzip (RFC 1952), by the JDK's zlib.
final class GzipEncoder extends Encoder {
  private static final byte UNIX = 3;
  private static final byte[] HEADER = {
    0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, UNIX
  };

  private final Deflater deflater;
  private final CRC32 sum = new CRC32();
  private boolean begun;

  private GzipEncoder(int level) {
    super(Coding.GZIP, level);
    this.deflater = new Deflater(level, true);
  }

  // Who asks for one so need not load this class to know that it is an encoder.
  static Encoder of(int level) {
    return new GzipEncoder(level);
  }

  @Override
  boolean restart() {
    deflater.reset();
    sum.reset();
    begun = false;
    return true;
  }

  @Override
  void take(ByteBuffer bytes, ByteBuf out) {
    int before = out.writerIndex();
    boolean first = !begun;
    head(out);
    sum.update(bytes.duplicate());
    deflater.setInput(bytes);
    drain(out, Deflater.NO_FLUSH);
    if (first && out.writerIndex() == before + HEADER.length) {
      // A header alone is of no use to anybody.
      out.writerIndex(before);
      begun = false;
    }
  }

  @Override
  void sync(ByteBuf out) {
    head(out);
    drain(out, Deflater.SYNC_FLUSH);
  }

  @Override
  void end(ByteBuf out) {
    head(out);
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

  @Override
  boolean isReusable() {
    return true;
  }

  @Override
  void close() {
    deflater.end();
  }
}
