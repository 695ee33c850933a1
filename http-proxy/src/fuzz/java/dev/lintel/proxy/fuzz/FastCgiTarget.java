package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.upstream.fcgi.FcgiHead;
import dev.lintel.proxy.upstream.fcgi.FcgiReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/// What FastCGI servers send: records, and the head of an answer of CGI in them. What is accepted,
/// a strict reader reads alike; where the bytes are cut does not matter, and no buffer is left.
public final class FastCgiTarget {
  private static final Loop LOOP =
      new Loop(
          0,
          new MultiThreadIoEventLoopGroup(
                  1, new DefaultThreadFactory("unused", true), Transport.portable().handlers())
              .next(),
          Transport.portable());

  private FastCgiTarget() {}

  /// What was read.
  ///
  /// @param end the status at the end; -1 where there was none
  private record Read(boolean good, String head, String body, String errors, int end) {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    long before = FrameStand.memory();
    Read whole = new Server().read(input, Math.max(1, input.length));
    Read pieces = new Server().read(input, Math.max(1, input.length / 16));
    if (whole.good() || pieces.good()) {
      HeadTarget.same("what is read in pieces", whole, pieces);
    }
    HeadTarget.same("bytes of buffers not released", before, FrameStand.memory());
    Planted.at(whole.good() && whole.end() == 0 && whole.body().length() > 1);
    if (whole.good() && whole.end() >= 0) {
      String strict = strict(input);
      if (strict == null) {
        throw new AssertionError("a strict reader refuses it");
      }
      if (!strict.endsWith(whole.body())) {
        throw new AssertionError("a strict reader reads another body");
      }
    }
  }

  private static final class Server implements FcgiReader.Sink {
    private final FcgiReader records = new FcgiReader(this);
    private final FcgiHead heads = new FcgiHead(LOOP);
    private final StringBuilder body = new StringBuilder();
    private final StringBuilder errors = new StringBuilder();
    private String head = "";
    private boolean headRead;
    private int end = -1;

    Read read(byte[] input, int step) {
      records.begin();
      heads.begin();
      boolean good = true;
      for (int from = 0; from < input.length && good; from += step) {
        int length = Math.min(step, input.length - from);
        ByteBuf piece = UnpooledByteBufAllocator.DEFAULT.heapBuffer(length);
        good = records.read(piece.writeBytes(input, from, length)) && heads.fault() == null;
      }
      heads.release();
      return new Read(good, head, body.toString(), errors.toString(), end);
    }

    @Override
    public void onOutput(ByteBuf piece) {
      if (headRead) {
        add(piece);
        return;
      }
      ByteBuf rest = heads.read(piece, false);
      if (rest != null) {
        headRead = true;
        ResponseHead read = heads.head();
        if (read.status() < 200 || read.status() > 599) {
          throw new AssertionError("status " + read.status());
        }
        head = read.status() + " " + read.framing() + " " + read.contentLength();
        add(rest);
      } else if (heads.fault() != null) {
        records.stop();
      }
    }

    private void add(@Nullable ByteBuf piece) {
      if (piece != null) {
        body.append(piece.toString(ISO_8859_1));
        piece.release();
      }
    }

    @Override
    public void onError(ByteBuf piece) {
      errors.append(piece.toString(ISO_8859_1));
    }

    @Override
    public void onEnd(int status, boolean isAll) {
      end = status;
    }
  }

  /// All that the records of the application hold; null where they are none.
  private static @Nullable String strict(byte[] input) {
    StringBuilder output = new StringBuilder();
    int at = 0;
    boolean ended = false;
    while (at < input.length) {
      if (ended && input.length - at < 8) {
        return output.toString(); // the begin of something that is refused when it is there
      }
      if (ended || input.length - at < 8 || input[at] != 1 || input[at + 2] != 0) {
        return null;
      }
      int type = input[at + 1];
      int length = (input[at + 4] & 0xff) << 8 | input[at + 5] & 0xff;
      int next = at + 8 + length + (input[at + 6] & 0xff);
      if (input[at + 3] != 1 || next > input.length) {
        return null;
      }
      switch (type) {
        case 6 -> output.append(new String(input, at + 8, length, ISO_8859_1));
        case 7 -> {}
        case 3 -> ended = length == 8;
        default -> {
          return null;
        }
      }
      at = next;
    }
    return output.toString();
  }
}
