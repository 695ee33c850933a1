package dev.lintel.proxy.edge;

import dev.lintel.proxy.observe.MetricShard;
import dev.lintel.proxy.observe.MetricShard.HandshakeState;
import org.jspecify.annotations.Nullable;

/// Handshakes in the order in which they came here.
final class HandshakeLine {
  private final int most;
  private final HandshakeState state;
  private final MetricShard counts;
  private @Nullable Handshake oldest;
  private @Nullable Handshake newest;
  private int size;

  /// @param most how many there may be
  /// @param state what they are counted as
  HandshakeLine(int most, HandshakeState state, MetricShard counts) {
    this.most = most;
    this.state = state;
    this.counts = counts;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size >= most;
  }

  /// Whether there are twice as many as there may be.
  boolean isDouble() {
    return size > 2 * most;
  }

  @Nullable Handshake oldest() {
    return oldest;
  }

  /// The oldest where there are too many; null where there are not.
  @Nullable Handshake surplus() {
    return size > most ? oldest : null;
  }

  void add(Handshake handshake) {
    Handshake before = newest;
    handshake.line = this;
    handshake.older = before;
    handshake.newer = null;
    if (before == null) {
      oldest = handshake;
    } else {
      before.newer = handshake;
    }
    newest = handshake;
    size++;
    counts.onHandshakes(state, 1);
  }

  void remove(Handshake handshake) {
    Handshake older = handshake.older;
    Handshake newer = handshake.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    handshake.line = null;
    handshake.older = null;
    handshake.newer = null;
    size--;
    counts.onHandshakes(state, -1);
  }
}
