package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// The client of one exchange, whatever protocol it speaks. All calls on the exchange's loop; what
/// is sent goes out with the next flush of the loop, unless said otherwise.
public interface ClientSide {
  /// Sends the head of the response and the first bytes of its body, which go out together when
  /// they are few. The head is only read during the call.
  ///
  /// @param body released or passed on; null for none yet
  /// @param last whether the response ends here
  void sendHead(ResponseHead head, @Nullable ByteBuf body, boolean last);

  /// Sends a piece of the body, in this protocol's own framing.
  void sendBody(ByteBuf body, boolean last);

  /// Ends the response with fields behind its body, as far as the client takes any.
  default void sendTrailers(Trailers trailers) {
    sendBody(Unpooled.EMPTY_BUFFER, true);
  }

  /// Sends `100 Continue`.
  void sendContinue();

  /// Whether the client takes what is sent; told to the exchange when it does again.
  boolean isWritable();

  /// Lets the request's body come in again.
  void resumeRead();

  /// Stops the request's body at its source; what was read already may still come.
  void pauseRead();

  /// Has the client's connection closed behind the response, whose head comes next.
  void closeBehind();

  /// Cuts the response where it is, so that the client sees that it is not complete.
  void abort();

  /// Sends this `101` head; from here on the bytes pass both ways as they are.
  ///
  /// @param early bytes of the new protocol that came with the head; null for none
  void switchProtocols(ResponseHead head, @Nullable ByteBuf early);

  /// 10, 11, 20 or 30.
  int httpVersion();

  /// Bytes written for this response so far, framing and head included.
  long bytesSent();

  /// The exchange is over, its line is written: the next request may begin. Told once for each
  /// request, last of all.
  void ended();
}
