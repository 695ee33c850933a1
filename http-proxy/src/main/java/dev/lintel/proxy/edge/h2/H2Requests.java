package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.message.Malformed;

/// What becomes of the requests of HTTP/2 connections. Called on the connection's loop.
public interface H2Requests {
  /// A request has come. Its head, [H2Stream#head()], holds during the call.
  ///
  /// @param last whether it has no body
  /// @return who hears of the rest of the request
  H2RequestListener onRequest(H2Stream stream, boolean last);

  /// A request is refused that was complete as far as HTTP/2 goes: to be answered with the status
  /// of `why`.
  void onMalformed(H2Stream stream, Malformed why);
}
