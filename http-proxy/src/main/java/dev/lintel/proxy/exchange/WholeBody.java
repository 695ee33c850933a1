package dev.lintel.proxy.exchange;

import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.body.SpoolFile;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.SocketOptions;
import dev.lintel.proxy.upstream.UpstreamCall;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// The body of a request that is read whole before its upstream is asked, and can be sent as often
/// as tries need it: in memory as far as the route allows, else in a file. Made for the first such
/// request of an exchange and used again.
final class WholeBody implements SpoolFile.Listener {
  private final Exchange exchange;
  private final ClientSide client;
  private final Loop loop;
  private final RequestBody body;
  private final Spool spool;
  private final Runnable ready;

  private @Nullable SpoolFile file;
  private @Nullable UpstreamCall call;
  private @Nullable RequestFraming framing;
  private int memory;
  private boolean reading;
  private boolean answered;
  private boolean asked;
  private long at;

  /// Counts the tries, so that what was read for one is not sent by the next.
  private int turn;

  private int askedBy;

  /// @param ready told when the whole body is there
  WholeBody(Exchange exchange, ClientSide client, RequestBody body, Spool spool, Runnable ready) {
    this.exchange = exchange;
    this.client = client;
    this.loop = exchange.loop();
    this.body = body;
    this.spool = spool;
    this.ready = ready;
  }

  /// Begins to read what is still to come.
  ///
  /// @param most bytes of it in memory
  void begin(int most) {
    memory = Math.max(RequestBody.HOLD, most);
    reading = true;
    answered = false;
    ByteBuf held = body.held();
    if (held != null && held.readableBytes() > memory) {
      store(null);
    }
    client.resumeRead();
  }

  /// Whether pieces of the body belong here.
  boolean isReading() {
    return reading;
  }

  /// Whether the body lies in a file.
  boolean isInFile() {
    return file != null;
  }

  /// Takes a piece.
  void add(ByteBuf piece) {
    ByteBuf held = body.held();
    int before = held == null ? 0 : held.readableBytes();
    if (file == null && before + piece.readableBytes() <= memory) {
      body.add(piece);
      if (body.isComplete()) {
        complete();
      }
      return;
    }
    store(piece);
  }

  private void store(@Nullable ByteBuf piece) {
    SpoolFile into = file;
    if (into == null) {
      into = spool.newFile(loop, this);
      file = into;
      ByteBuf held = body.take();
      if (held != null) {
        into.append(held);
      }
    }
    if (piece != null) {
      into.append(piece);
    }
    if (!body.isComplete() && into.waitingBytes() >= SocketOptions.HIGH) {
      client.pauseRead();
    } else if (body.isComplete() && into.isStored()) {
      complete();
    }
  }

  private void complete() {
    reading = false;
    ready.run();
  }

  @Override
  public void onStored() {
    if (!reading) {
      return;
    }
    if (body.isComplete()) {
      complete();
    } else {
      client.resumeRead();
    }
  }

  @Override
  public void onFault() {
    exchange.fail(ProxyFailure.BODY_NOT_STORED);
  }

  /// Sends it, from its beginning.
  void sendTo(UpstreamCall to, RequestFraming by) {
    call = to;
    framing = by;
    at = 0;
    turn++;
    readOn();
  }

  /// The upstream takes bytes again.
  void onUpstreamWritable() {
    readOn();
  }

  private void readOn() {
    SpoolFile from = file;
    UpstreamCall to = call;
    if (!asked && from != null && to != null && to.isWritable()) {
      asked = true;
      askedBy = turn;
      from.read(at);
    }
  }

  @Override
  public void onRead(ByteBuf piece) {
    asked = false;
    UpstreamCall to = call;
    RequestFraming by = framing;
    SpoolFile from = file;
    if (to == null || by == null || from == null || askedBy != turn) {
      piece.release();
      readOn();
      return;
    }
    at += piece.readableBytes();
    boolean last = at == from.length();
    by.write(to, piece, last, body);
    if (last) {
      call = null;
      to.endRequest();
      if (answered) {
        release();
      }
    } else {
      readOn();
    }
  }

  /// The connection it was sent to is of no use any more.
  void stop() {
    call = null;
    turn++;
  }

  /// A response has begun: it is not sent again.
  void answered() {
    answered = true;
    if (call == null) {
      release();
    }
  }

  /// Lets go of everything.
  void release() {
    reading = false;
    call = null;
    framing = null;
    turn++;
    SpoolFile used = file;
    if (used != null) {
      file = null;
      asked = false;
      used.close();
    }
  }
}
