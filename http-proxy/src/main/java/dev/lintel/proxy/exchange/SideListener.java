package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.ResponseHead;

/// Whoever sent a [SideRequest], told of its outcome once, on the loop of both; never after it gave
/// the request up.
public interface SideListener {
  /// The final head of the response is there. It is only valid during the call; the body is passed
  /// over.
  void onSideHead(ResponseHead head);

  /// There will be no response.
  void onSideFailure(ProxyFailure why);
}
