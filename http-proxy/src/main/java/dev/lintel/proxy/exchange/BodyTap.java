package dev.lintel.proxy.exchange;

import io.netty.buffer.ByteBuf;

/// Whoever wants to see the body of a request pass. On the loop of the exchange.
public interface BodyTap {
  /// A piece passes. What is to be kept of it is copied: neither its bytes nor its indices may be
  /// touched.
  ///
  /// @param last whether the body ends with it
  void onBody(ByteBuf piece, boolean last);

  /// The exchange ended before its body did.
  void onBodyLost();
}
