package dev.lintel.proxy.edge;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;

/// The one timer of an HTTP/1.1 connection. Whatever the connection waits for, it waits for one
/// thing at a time.
final class Http1Deadline extends Timer {
  private final Http1Client client;
  private final Loop loop;
  private boolean forHead;

  Http1Deadline(Http1Client client, Loop loop) {
    this.client = client;
    this.loop = loop;
  }

  /// So long for a head, a body's next piece or the end.
  void start(int millis) {
    forHead = true;
    loop.timers().arm(this, loop.nanos(), millis);
  }

  /// So long for the first byte of the next request.
  void startIdle(int millis) {
    forHead = false;
    loop.timers().arm(this, loop.nanos(), millis);
  }

  /// Whether the time for a head runs already, which more bytes of it do not prolong.
  boolean isForHead() {
    return forHead;
  }

  @Override
  protected boolean isIdle() {
    return !forHead;
  }

  void stop() {
    loop.timers().cancel(this);
  }

  @Override
  protected void onTimeout() {
    client.onTimeout();
  }
}
