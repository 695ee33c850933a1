package dev.lintel.proxy.exchange;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.body.CodingRule;
import dev.lintel.proxy.body.Compression;
import dev.lintel.proxy.body.Encoder;
import dev.lintel.proxy.loop.Flushable;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The way of a response's body to its client on a route that asks for something of it: it is
/// compressed, and it waits here for its pace or for a slow client. Made for the first such
/// response of an exchange and used again.
///
/// Nothing waits for more of it to come: what one read of the upstream brought goes out with that
/// burst, in a form that can be unpacked.
final class ResponseBody {
  private static final HeaderName BUFFERING = HeaderName.of("X-Accel-Buffering");
  private static final byte[] NO = {'n', 'o'};

  /// Between two pieces of a response with a pace.
  private static final int PACE_MILLIS = 100;

  /// The pieces of a second that may go at once: a timer is late by as much.
  private static final int PIECES = 5;

  private static final double NANOS = 1e9;
  private static final int FIRST_ROOM = 4 * 1024;

  private final Exchange exchange;
  private final ClientSide client;
  private final Loop loop;
  private final LoopTraffic traffic;
  private final Burst burst = new Burst();
  private final Pace pace = new Pace();
  private final Deque<ByteBuf> held = new ArrayDeque<>();
  private final Slice scratch = new Slice();

  private @Nullable Encoder encoder;
  private @Nullable Trailers trailers;
  private boolean active;
  private boolean holds;
  private boolean ended;
  private long heldBytes;
  private long mostHeld;
  private long rate;
  private long free;
  private long start;
  private long sent;

  ResponseBody(Exchange exchange, ClientSide client, LoopTraffic traffic) {
    this.exchange = exchange;
    this.client = client;
    this.traffic = traffic;
    this.loop = exchange.loop();
  }

  /// Forgets the last response.
  void begin() {
    sent = 0;
  }

  /// Whether a response passes here, and is not complete.
  boolean isActive() {
    return active;
  }

  /// Bytes of the body that were given to the client.
  long sent() {
    return sent;
  }

  // ------------------------------------------------------------------ from the upstream

  /// Begins, with what came along of the body.
  ///
  /// @param isCall whether it is one of gRPC, which is never compressed
  void head(
      BodyRules rules, boolean isCall, ResponseHead head, @Nullable ByteBuf piece, boolean last) {
    active = true;
    ended = last;
    sent = 0;
    start = loop.nanos();
    rate = rules.bytesPerSecond();
    free = rules.freeBytes();
    boolean buffered = rules.heldBytes() > 0 && !isUnbuffered(head);
    mostHeld = Math.max(SocketOptions.HIGH, buffered ? rules.heldBytes() : 0);
    holds = rate > 0 || buffered;
    Compression compression = rules.compression();
    if (compression != null && compression.concerns(head, scratch)) {
      compress(compression, isCall, head);
    }
    ByteBuf content = piece == null ? null : pack(piece, last);
    ByteBuf first = content == null ? null : firstOf(content);
    boolean all = last && held.isEmpty();
    if (first != null) {
      sent += first.readableBytes();
    }
    client.sendHead(head, first, all);
    if (all) {
      end();
    } else {
      drain();
    }
  }

  private boolean isUnbuffered(ResponseHead head) {
    return head.value(BUFFERING, scratch) && scratch.length() == 2 && scratch.startsWithWord(NO);
  }

  private void compress(Compression compression, boolean isCall, ResponseHead head) {
    Compression.vary(head, scratch);
    if (isCall || client.httpVersion() < 11) {
      return;
    }
    CodingRule rule = compression.choose(head, exchange.request(), scratch);
    if (rule == null) {
      return;
    }
    encoder = traffic.encoders().take(rule);
    if (encoder != null) {
      Compression.describe(head, rule.coding(), scratch);
      exchange.account().sent(head);
    }
  }

  /// What may go with the head; the rest waits.
  private @Nullable ByteBuf firstOf(ByteBuf content) {
    if (!holds) {
      return content;
    }
    long now = budget();
    if (content.readableBytes() <= now) {
      return content;
    }
    ByteBuf first = now > 0 ? content.readRetainedSlice((int) now) : null;
    hold(content);
    return first;
  }

  void body(ByteBuf piece, boolean last) {
    ended |= last;
    pass(pack(piece, last), last);
  }

  private void pass(@Nullable ByteBuf content, boolean last) {
    if (content == null) {
      return;
    }
    if (holds) {
      hold(content);
      drain();
    } else {
      sent += content.readableBytes();
      client.sendBody(content, last);
      if (last) {
        end();
      }
    }
  }

  void trailers(Trailers behind) {
    ended = true;
    trailers = behind;
    Encoder packing = encoder;
    if (packing != null) {
      ByteBuf end = loop.allocator().directBuffer(FIRST_ROOM);
      finish(packing, end);
      hold(end);
    }
    drain();
  }

  // ------------------------------------------------------------------ compressing

  /// Compresses a piece; null where nothing comes out of it yet.
  private @Nullable ByteBuf pack(ByteBuf piece, boolean last) {
    Encoder packing = encoder;
    if (packing == null) {
      return piece;
    }
    ByteBuf out = loop.allocator().directBuffer(FIRST_ROOM);
    try {
      packing.write(piece, out);
      if (last) {
        finish(packing, out);
      }
    } catch (IllegalStateException e) {
      out.release();
      throw e;
    } finally {
      piece.release();
    }
    if (!last) {
      // Before the client's own turn in this burst, so that all of it goes out at once.
      loop.flushLater(burst);
      if (!out.isReadable()) {
        out.release();
        return null;
      }
    }
    return out;
  }

  /// Its memory is wanted for other bodies while a slow client takes the rest of this one.
  private void finish(Encoder packing, ByteBuf out) {
    packing.finish(out);
    giveBack();
  }

  private void giveBack() {
    Encoder packing = encoder;
    if (packing != null) {
      encoder = null;
      traffic.encoders().giveBack(packing);
    }
  }

  private void flushPacked() {
    Encoder packing = encoder;
    if (packing != null && packing.isPending()) {
      ByteBuf out = loop.allocator().directBuffer(FIRST_ROOM);
      try {
        packing.flush(out);
      } catch (IllegalStateException e) {
        out.release();
        throw e;
      }
      pass(out, false);
    }
  }

  // ------------------------------------------------------------------ waiting

  private void hold(ByteBuf content) {
    held.addLast(content);
    heldBytes += content.readableBytes();
    traffic.held(content.readableBytes());
  }

  /// Whether its upstream is to be read on.
  boolean isTaking() {
    return holds ? heldBytes < most() : client.isWritable();
  }

  private long most() {
    return traffic.mayHold() ? mostHeld : SocketOptions.HIGH;
  }

  /// Bytes that may go now.
  private long budget() {
    if (rate == 0) {
      return Integer.MAX_VALUE;
    }
    long due = (long) (rate * ((loop.nanos() - start) / NANOS)) + rate / PIECES;
    return Math.min(Integer.MAX_VALUE, free + due - sent);
  }

  /// Gives the client what it takes, at its pace; after the last of it nothing is active any more.
  void drain() {
    while (!held.isEmpty()) {
      if (!client.isWritable()) {
        return;
      }
      long most = budget();
      if (most <= 0) {
        loop.timers().arm(pace, loop.nanos(), PACE_MILLIS);
        return;
      }
      ByteBuf next = held.getFirst();
      int length = (int) Math.min(most, next.readableBytes());
      boolean whole = length == next.readableBytes();
      if (whole) {
        held.removeFirst();
      }
      count(-length);
      sent += length;
      boolean last = ended && held.isEmpty() && trailers == null;
      client.sendBody(whole ? next : next.readRetainedSlice(length), last);
      if (last) {
        end();
        return;
      }
    }
    Trailers behind = trailers;
    if (behind != null) {
      client.sendTrailers(behind);
      end();
    }
  }

  private void count(int bytes) {
    heldBytes += bytes;
    traffic.held(bytes);
  }

  /// The client takes bytes again, or the time for more has come.
  void goOn() {
    drain();
    if (!active) {
      exchange.responseSent();
    } else if (heldBytes <= most() / 2) {
      exchange.readOn();
    }
  }

  // ------------------------------------------------------------------ ends

  /// Lets go of everything; nothing more is sent.
  void end() {
    if (!active) {
      return;
    }
    active = false;
    loop.timers().remove(pace);
    trailers = null;
    giveBack();
    count((int) -heldBytes);
    while (!held.isEmpty()) {
      held.removeFirst().release();
    }
  }

  /// Between two pieces.
  private final class Pace extends Timer {
    @Override
    protected void onTimeout() {
      goOn();
    }
  }

  /// What one read brought is compressed whole before the client gets it.
  private final class Burst extends Flushable {
    @Override
    protected void flush() {
      flushPacked();
    }
  }
}
