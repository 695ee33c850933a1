package dev.lintel.proxy.edge;

import dev.lintel.proxy.ProxySettings;

/// What [StreamPace] asks about the stream it watches, and tells it.
public interface PacedStream {
  /// The settings in force.
  ProxySettings settings();

  /// Whether the client may send more of its body, as far as its windows go.
  boolean maySend();

  /// Whether the client's windows and its connection are open.
  boolean isTaking();

  /// Whether it must take the response in time.
  boolean hurriesDownload();

  /// Whether the connection as a whole takes bytes.
  boolean isOpenForMore();

  /// What of everything written to the connection has arrived at the client; -1 where that is not
  /// known.
  long acknowledged();

  /// The client took next to nothing of what waits for it.
  void stalled();
}
