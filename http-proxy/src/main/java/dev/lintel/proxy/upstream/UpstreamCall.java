package dev.lintel.proxy.upstream;

import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import io.netty.buffer.ByteBuf;

/// One request to an endpoint, whatever protocol carries it: a whole connection of HTTP/1.1, or a
/// stream of HTTP/2. Used by one exchange, on the loop of both.
///
/// The request is written as the bytes of an HTTP/1.1 head, and then its body: in chunks where the
/// connection is not shared, as it is where it is.
public interface UpstreamCall {
  /// The endpoint at its other end.
  Endpoint endpoint();

  /// Whether the request may be written now; otherwise the listener is told when.
  boolean isConnected();

  /// Whether the connection served a request before the present one: it may have been closed by its
  /// other end without anybody knowing.
  boolean isReused();

  /// Whether any byte of a response has come.
  boolean hasResponseBytes();

  /// Begins a request; what belongs to it is written after this.
  ///
  /// @param toHead whether it is a HEAD, whose response has no body
  /// @param upgrade what the response may change to
  /// @param readMillis how long the upstream may be silent once the request is sent
  /// @param sendMillis how long it may refuse to take bytes
  void begin(boolean toHead, Upgrade upgrade, int readMillis, int sendMillis);

  /// From here on the upstream may be silent for so long.
  void readTimeout(int millis);

  /// Writes bytes, which go out when the burst ends: first the whole head, then pieces of the body.
  void write(ByteBuf bytes);

  /// Writes bytes, the last ones of the request if `last`; [#endRequest] is called all the same.
  default void write(ByteBuf bytes, boolean last) {
    write(bytes);
  }

  /// Ends the request with fields behind its body. HTTP/1.1 upstreams get none.
  default void writeTrailers(Trailers trailers) {}

  /// All of the request was written: from here on the upstream's silence counts.
  void endRequest();

  /// Whether it takes what is written.
  boolean isWritable();

  /// Stops reading: the client does not take what comes.
  void pauseRead();

  /// Reads again.
  void resumeRead();

  /// In a tunnel: bytes passed the other way, so it is not idle.
  default void touch() {}

  /// In a tunnel: nothing more is written, which the other end sees once it has all before it. It
  /// may go on sending.
  void closeOutput();

  /// Its user gives up and wants the other end to see that this was no end in order; nothing is
  /// told any more.
  default void reset() {
    abandon();
  }

  /// Its user gives up; nothing is told any more.
  void abandon();
}
