package dev.lintel.proxy.upstream.fcgi;

import io.netty.buffer.ByteBuf;

/// Takes the records of one request out of what a FastCGI server sends (FastCGI 1.0, section 3.3).
/// Strict: a record of another version, type, request or length than may come is a fault, after
/// which nothing more is read.
public final class FcgiReader {
  private static final int HEADER = 8;
  private static final int END_LENGTH = 8;

  /// What the records bring.
  public interface Sink {
    /// Bytes that the application wrote, in the ownership of the callee.
    void onOutput(ByteBuf piece);

    /// Bytes that it wrote for the log, valid during the call.
    void onError(ByteBuf piece);

    /// The request has ended.
    ///
    /// @param status why, as the protocol counts (section 5.5)
    /// @param isAll whether nothing came behind it so far
    void onEnd(int status, boolean isAll);
  }

  private final byte[] header = new byte[HEADER];
  private final byte[] end = new byte[END_LENGTH];
  private final Sink sink;
  private int headerBytes;
  private int type;
  private int left;
  private int padding;
  private boolean outputEnded;
  private boolean errorsEnded;
  private boolean ended;
  private boolean faulty;

  /// Before the first record.
  public FcgiReader(Sink sink) {
    this.sink = sink;
  }

  /// The next request begins.
  public void begin() {
    headerBytes = 0;
    left = 0;
    padding = 0;
    outputEnded = false;
    errorsEnded = false;
    ended = false;
    faulty = false;
  }

  /// Reads on; releases `bytes`. The sink may stop it by [#stop].
  ///
  /// @return false where something came that may not come, also behind the end of the request
  public boolean read(ByteBuf bytes) {
    try {
      while (bytes.isReadable() && !faulty) {
        step(bytes);
      }
      return !faulty;
    } finally {
      bytes.release();
    }
  }

  /// Reads no further.
  public void stop() {
    faulty = true;
  }

  private void step(ByteBuf bytes) {
    if (headerBytes < HEADER) {
      int take = Math.min(HEADER - headerBytes, bytes.readableBytes());
      bytes.readBytes(header, headerBytes, take);
      headerBytes += take;
      if (headerBytes == HEADER) {
        onHeader(bytes);
      }
    } else if (left > 0) {
      onContent(bytes);
    } else {
      int skip = Math.min(padding, bytes.readableBytes());
      bytes.skipBytes(skip);
      padding -= skip;
      finishRecord(bytes);
    }
  }

  private void onHeader(ByteBuf bytes) {
    type = header[1] & 0xff;
    int id = (header[2] & 0xff) << 8 | header[3] & 0xff;
    left = (header[4] & 0xff) << 8 | header[5] & 0xff;
    padding = header[6] & 0xff;
    boolean may =
        switch (type) {
          case Fcgi.STDOUT -> !outputEnded;
          case Fcgi.STDERR -> !errorsEnded;
          case Fcgi.END_REQUEST -> left == END_LENGTH;
          default -> false;
        };
    if (header[0] != Fcgi.VERSION || id != Fcgi.REQUEST || ended || !may) {
      faulty = true;
      return;
    }
    outputEnded |= type == Fcgi.STDOUT && left == 0;
    errorsEnded |= type == Fcgi.STDERR && left == 0;
    finishRecord(bytes);
  }

  private void onContent(ByteBuf bytes) {
    int take = Math.min(left, bytes.readableBytes());
    int done = END_LENGTH - left;
    left -= take;
    switch (type) {
      case Fcgi.STDOUT -> sink.onOutput(bytes.readRetainedSlice(take));
      case Fcgi.STDERR -> sink.onError(bytes.readSlice(take));
      default -> bytes.readBytes(end, done, take);
    }
    if (left == 0 && type == Fcgi.END_REQUEST) {
      ended = true;
    }
    finishRecord(bytes);
  }

  /// The end is told once its padding is read: the connection is free then.
  private void finishRecord(ByteBuf bytes) {
    if (left == 0 && padding == 0) {
      headerBytes = 0;
      if (ended && !faulty) {
        sink.onEnd(end[4] & 0xff, !bytes.isReadable());
      }
    }
  }
}
