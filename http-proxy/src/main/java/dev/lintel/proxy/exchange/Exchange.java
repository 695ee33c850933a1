package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.filter.FinishListener;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.route.Route;
import io.netty.buffer.ByteBuf;

/// One request in flight, from its first byte to its last line in the log.
///
/// Belongs to one loop; every method is called there, but for [#resume].
@SuppressWarnings("UnusedVariable")
public final class Exchange {
  Exchange() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// The request as it came. Valid until the callback returns, or for good after [#suspend].
  public RequestHead request() {
    throw soon();
  }

  /// The route it takes.
  public Route route() {
    throw soon();
  }

  /// The loop it lives on.
  public Loop loop() {
    throw soon();
  }

  /// Who asks.
  public ClientAddress client() {
    throw soon();
  }

  /// Whether the client came over TLS.
  public boolean isTls() {
    throw soon();
  }

  /// When the first byte of the request was seen, on the loop's clock.
  public long startNanos() {
    throw soon();
  }

  /// Answers the request. The first answer counts; later ones are ignored and counted as a bug.
  public void respond(CannedResponse response) {
    throw soon();
  }

  /// Answers with a redirect. The bytes are copied.
  ///
  /// @param location does not begin with `//`
  public void redirect(int status, byte[] location, int length) {
    throw soon();
  }

  /// Ends the request as the table of failures says.
  public void fail(ProxyFailure failure) {
    throw soon();
  }

  /// Keeps the request beyond the callback, for a filter that works elsewhere and returns
  /// `SUSPENDED`.
  ///
  /// @return what [#resume] wants to know, so that an answer that comes too late is ignored
  public int suspend() {
    throw soon();
  }

  /// Goes on, from any thread: `next` runs on the exchange's loop as if it stood in the chain.
  public void resume(int epoch, RequestFilter next) {
    throw soon();
  }

  /// Changes the path the upstream sees; the query stays. The path is made canonical again.
  ///
  /// @return false where the result is no path that may be forwarded: the caller fails the exchange
  public boolean rewritePath(byte[] path, int offset, int length) {
    throw soon();
  }

  /// Sets a field of the upstream request, in place of all of that name. The value is copied.
  public void setUpstreamField(HeaderName name, byte[] value) {
    throw soon();
  }

  /// Leaves a field out of the upstream request.
  public void removeUpstreamField(HeaderName name) {
    throw soon();
  }

  /// Who the client proved to be, for the log. The bytes are kept.
  public void remoteUser(byte[] user) {
    throw soon();
  }

  /// Has `listener` told when the exchange ends. A second one with the same exchange is told too.
  public void onFinish(FinishListener listener) {
    throw soon();
  }

  /// The status the client gets; 0 before there is one.
  public int status() {
    throw soon();
  }

  /// Whether everything about it is over.
  public boolean isFinished() {
    throw soon();
  }

  /// A piece of the request's body, in the exchange's ownership from here on.
  public void onRequestBody(ByteBuf body, boolean last) {
    throw soon();
  }

  /// The client is gone.
  public void onClientClosed() {
    throw soon();
  }

  /// The client takes bytes again.
  public void onClientWritable() {
    throw soon();
  }
}
