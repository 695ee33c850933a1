package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Whoever sent a request on an upstream connection, told what becomes of it, on the loop of both.
/// After a last body piece, a failure or the end of an upgraded stream nothing more is told.
public interface UpstreamListener {
  /// The connection that was waited for is there, and what was written is on its way.
  void onConnected(UpstreamCall call);

  /// The head of the response is there. It is only valid during the call.
  ///
  /// @param body what came along of the body, in the ownership of the callee; null for nothing
  /// @param last whether the response ends here
  void onResponseHead(ResponseHead head, @Nullable ByteBuf body, boolean last);

  /// A piece of the response's body, without its framing, in the ownership of the callee.
  void onResponseBody(ByteBuf body, boolean last);

  /// The response ends with these fields behind its body.
  void onResponseTrailers(Trailers trailers);

  /// The upstream changed protocols: bytes pass as they are from here on.
  ///
  /// @param early bytes of the new protocol that came with the head; null for none
  void onUpgraded(ResponseHead head, @Nullable ByteBuf early);

  /// All that one read brought has been told.
  void onUpstreamReadComplete();

  /// The connection takes what is written again.
  void onUpstreamWritable();

  /// The connection is lost, or said something that it must not; it is closed already.
  void onUpstreamFailure(ProxyFailure failure);
}
