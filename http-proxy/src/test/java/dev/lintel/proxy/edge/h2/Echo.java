package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.Malformed;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Answers each request with what it was: `/echo…` returns the body as it comes, `/big/N` returns N
/// bytes as fast as the client takes them, `/late` answers in a later turn of the loop, `/hold`
/// never, `/early` without waiting for the body.
final class Echo implements H2Requests {
  private static final HeaderName SEEN = HeaderName.of("X-Seen");

  private final Executor later;
  private final ResponseHead response = new ResponseHead();
  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicInteger mostQueued = new AtomicInteger();
  final AtomicReference<H2Stream> held = new AtomicReference<>();
  final Queue<Malformed> refused = new ConcurrentLinkedQueue<>();

  /// `later` is the loop.
  Echo(Executor later) {
    this.later = later;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public H2RequestListener onRequest(H2Stream stream, boolean last) {
    RequestHead head = stream.head();
    String path = head.path().toString();
    String seen = head.methodName() + " " + head.host() + " " + head.wirePath() + head.query();
    if (path.startsWith("/hold")) {
      held.set(stream);
      return new Holder();
    }
    if (path.startsWith("/big/")) {
      return big(stream, Integer.parseInt(path.substring(5)));
    }
    if (path.startsWith("/late")) {
      later.execute(
          () -> {
            answer(stream, seen);
            stream.flushLater();
          });
      return new Holder();
    }
    if (last || path.startsWith("/early")) {
      answer(stream, seen);
      return new Holder();
    }
    if (head.expectsContinue()) {
      stream.sendContinue();
    }
    response.answer(200, -1);
    response.body(head.framing(), head.contentLength());
    response.set(SEEN, ascii(seen));
    stream.sendHead(response, null, false);
    stream.flushLater();
    return new Pipe(stream);
  }

  private void answer(H2Stream stream, String seen) {
    ByteBuf body = ByteBufAllocator.DEFAULT.buffer();
    body.writeCharSequence(seen, StandardCharsets.US_ASCII);
    response.answer(200, body.readableBytes());
    response.set(HeaderNames.CONTENT_TYPE, ascii("text/plain"));
    response.set(SEEN, ascii(seen));
    stream.sendHead(response, body, true);
  }

  @Override
  public void onMalformed(H2Stream stream, Malformed why) {
    refused.add(why);
    response.answer(why.status(), 0);
    stream.sendHead(response, null, true);
  }

  private class Holder implements H2RequestListener {
    @Override
    public void onRequestBody(ByteBuf body, boolean last) {
      body.release();
    }

    @Override
    public void onClientClosed() {
      cancelled.incrementAndGet();
    }

    @Override
    public void onClientWritable() {}
  }

  /// Sends back what comes; takes no more while the client takes nothing.
  private final class Pipe extends Holder {
    private final H2Stream stream;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
    private int queued;
    private boolean ended;

    Pipe(H2Stream stream) {
      this.stream = stream;
    }

    @Override
    public void onRequestBody(ByteBuf body, boolean last) {
      ended |= last;
      queue.add(body);
      queued += body.readableBytes();
      mostQueued.accumulateAndGet(queued, Math::max);
      onClientWritable();
    }

    @Override
    public void onClientWritable() {
      while (!queue.isEmpty() && stream.isWritable()) {
        ByteBuf next = queue.remove();
        queued -= next.readableBytes();
        stream.sendBody(next, ended && queue.isEmpty());
      }
      if (queue.isEmpty()) {
        stream.resumeRead();
      } else {
        stream.pauseRead();
      }
      stream.flushLater();
    }

    @Override
    public void onClientClosed() {
      super.onClientClosed();
      queue.forEach(ByteBuf::release);
      queue.clear();
    }
  }

  private H2RequestListener big(H2Stream stream, int bytes) {
    response.answer(200, bytes);
    stream.sendHead(response, null, false);
    Source source = new Source(stream, bytes);
    source.onClientWritable();
    return source;
  }

  private final class Source extends Holder {
    private static final int PIECE = 10_000;

    private final H2Stream stream;
    private int left;
    private int unsent;

    Source(H2Stream stream, int bytes) {
      this.stream = stream;
      this.left = bytes;
    }

    @Override
    public void onClientWritable() {
      unsent = 0;
      while (left > 0 && stream.isWritable()) {
        int piece = Math.min(PIECE, left);
        left -= piece;
        unsent += piece;
        mostQueued.accumulateAndGet(unsent, Math::max);
        stream.sendBody(ByteBufAllocator.DEFAULT.buffer(piece).writeZero(piece), left == 0);
      }
      stream.flushLater();
    }
  }
}
