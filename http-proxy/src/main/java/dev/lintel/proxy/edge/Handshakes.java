package dev.lintel.proxy.edge;

import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.observe.MetricShard;
import dev.lintel.proxy.observe.MetricShard.HandshakeState;
import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/// The TLS handshakes with clients that one loop has under way, of which there may be so many.
///
/// A handshake goes through three lines. In the first it waits for the rest of its hello, which
/// costs memory. In the second its hello is complete and waits for its turn: what follows costs the
/// processor (a signature), so in each round of the loop handshakes get as much time as all else
/// took since the last one, and a little at least. In the third it was answered and waits for its
/// client again, which costs memory inside the TLS library.
///
/// Where a line that waits for clients is full, the handshake that has waited longest is given up,
/// but not while it is young: a well-behaved one is out of it after one way there and back, and one
/// that is held open is not. Where all in the third line are young, turns wait. Where the second
/// line is full, the loop has more to do than it can, and the newest is given up before it costs
/// anything. Given up means closed, without a word, and counted.
///
/// Used on its loop only.
final class Handshakes {
  /// More than that would wait for longer than clients do.
  private static final int MOST = 4_096;

  private static final int FEWEST = 16;

  /// How long one is young: as long as a way there and back may take. Hellos that came together
  /// with their connection are read in the next round; where twice as many wait as may, none is
  /// young.
  private static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /// Until it is looked again whether there is room behind the turns.
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final LoopTraffic traffic;
  private final HandshakeLine hellos;
  private final HandshakeLine turns;
  private final HandshakeLine answered;
  private final Runnable round = this::round;
  private boolean isScheduled;
  private boolean wereLeft;
  private long ended;

  /// @param connections how many the loop may have
  Handshakes(LoopTraffic traffic, int connections) {
    this.traffic = traffic;
    int quarter = Math.clamp(connections / 4, FEWEST, MOST);
    MetricShard counts = traffic.counts();
    hellos = new HandshakeLine(quarter, HandshakeState.HELLO, counts);
    turns = new HandshakeLine(2 * quarter, HandshakeState.TURN, counts);
    answered = new HandshakeLine(quarter, HandshakeState.ANSWERED, counts);
  }

  /// A connection is there, of which a hello is expected.
  Handshake enter(Channel channel) {
    long now = System.nanoTime();
    Handshake entered = new Handshake(this, channel, now);
    entered.since = now;
    hellos.add(entered);
    for (Handshake oldest = hellos.surplus();
        oldest != null && (hellos.isDouble() || now - oldest.since > YOUNG_NANOS);
        oldest = hellos.surplus()) {
      giveUp(oldest);
    }
    return entered;
  }

  /// Its hello is complete.
  void await(Handshake handshake) {
    if (turns.isFull()) {
      giveUp(handshake);
      return;
    }
    move(handshake, turns);
    if (!isScheduled) {
      isScheduled = true;
      traffic.loop().eventLoop().execute(round);
    }
  }

  private static void move(Handshake handshake, HandshakeLine to) {
    HandshakeLine from = handshake.line;
    if (from != null) {
      from.remove(handshake);
    }
    to.add(handshake);
  }

  private void giveUp(Handshake handshake) {
    leave(handshake);
    traffic.counts().onFailure(ProxyFailure.HANDSHAKE_LIMIT);
    handshake.abandon();
  }

  /// It has come to its end, or its connection has.
  static void leave(Handshake handshake) {
    HandshakeLine line = handshake.line;
    if (line != null) {
      line.remove(handshake);
    }
  }

  // ------------------------------------------------------------------ turns

  /// Runs once all sockets that are ready now were read.
  private void round() {
    isScheduled = false;
    long began = System.nanoTime();
    long others = wereLeft ? began - ended : 0;
    long end = began + Math.clamp(others, LEAST_NANOS, MOST_NANOS);
    Handshake next = turns.oldest();
    boolean hasRoom = true;
    while (next != null) {
      hasRoom = makeRoom();
      if (!hasRoom) {
        break;
      }
      begin(next);
      next = System.nanoTime() - end < 0 ? turns.oldest() : null;
    }
    ended = System.nanoTime();
    wereLeft = hasRoom && turns.size() > 0;
    if (turns.size() > 0) {
      isScheduled = true;
      // As a task at once it would run before any socket is read again.
      traffic.loop().eventLoop().schedule(round, hasRoom ? 0 : PAUSE_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  /// Whether one more may wait for what its client says to our answer.
  private boolean makeRoom() {
    Handshake oldest = answered.oldest();
    if (oldest == null || !answered.isFull()) {
      return true;
    }
    if (System.nanoTime() - oldest.since <= YOUNG_NANOS) {
      return false;
    }
    giveUp(oldest);
    return true;
  }

  private void begin(Handshake handshake) {
    move(handshake, answered);
    handshake.since = System.nanoTime();
    handshake.begin();
  }
}
