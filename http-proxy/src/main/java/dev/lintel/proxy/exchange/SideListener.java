package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import org.jspecify.annotations.Nullable;

/// Whoever sent a [SideRequest], told of its outcome once, on the loop of both; never after it gave
/// the request up. Whoever has its word still to come behind the body ([#onSideEnd]) hears of the
/// head first.
public interface SideListener {
  /// The final head of the response is there. It is only valid during the call; the body is passed
  /// over.
  void onSideHead(ResponseHead head);

  /// The body behind the head has ended.
  ///
  /// @param trailers what stood behind it, mostly nothing; null where the response was cut off, or
  ///   has a longer body than anybody cares to read
  default void onSideEnd(@Nullable Trailers trailers) {}

  /// Whether the request may be sent a second time where a connection that had waited was closed
  /// beneath it: it may have arrived all the same.
  default boolean mayRepeat() {
    return true;
  }

  /// There will be no response.
  void onSideFailure(ProxyFailure why);
}
