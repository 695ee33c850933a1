package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;

/// The one timer of a call: for connecting or a place, for reading, for sending or for resting,
/// whichever is on.
public abstract class CallTimer extends Timer {
  private final Loop loop;
  private int readMillis;
  private int sendMillis;

  /// Not armed.
  protected CallTimer(Loop loop) {
    this.loop = loop;
  }

  /// What holds for the request that begins.
  public final void begin(int readMillis, int sendMillis) {
    this.readMillis = readMillis;
    this.sendMillis = sendMillis;
  }

  /// Another time to read, from the next [#awaitRead()] on.
  public final void readMillis(int millis) {
    readMillis = millis;
  }

  /// Begins anew.
  public final void start(int millis) {
    loop.timers().arm(this, loop.nanos(), millis);
  }

  /// The upstream has its time to say something.
  public final void awaitRead() {
    start(readMillis);
  }

  /// The upstream has its time to take something.
  public final void awaitSend() {
    start(sendMillis);
  }

  /// Nothing is waited for.
  public final void stop() {
    loop.timers().cancel(this);
  }

  /// It is not used any more.
  public final void remove() {
    loop.timers().remove(this);
  }

  /// What it means that the time is over within a request.
  public static ProxyFailure late(boolean requestEnded) {
    return requestEnded ? ProxyFailure.UPSTREAM_READ_TIMEOUT : ProxyFailure.UPSTREAM_SEND_TIMEOUT;
  }
}
