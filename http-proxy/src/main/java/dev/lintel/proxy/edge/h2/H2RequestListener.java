package dev.lintel.proxy.edge.h2;

import io.netty.buffer.ByteBuf;

/// Whoever handles one request, told what else becomes of it, on the connection's loop. After the
/// last piece of the response was sent nothing more is told.
public interface H2RequestListener {
  /// A piece of the body, in the ownership of the callee.
  void onRequestBody(ByteBuf body, boolean last);

  /// The client cancelled the request or is gone.
  void onClientClosed();

  /// The client takes bytes again.
  void onClientWritable();
}
