package dev.lintel.proxy.upstream;

import org.jspecify.annotations.Nullable;

/// The connections of one loop to one endpoint, each of which carries many requests at once. Used
/// on that loop only.
public interface SharedConnections {
  /// A place for a request, on a connection that is there or on one that is being made, of which
  /// `listener` is told.
  ///
  /// @param fresh wants none that has answered before: the last try failed because its connection
  ///   was old
  /// @return null where as many wait already as may
  @Nullable UpstreamCall open(UpstreamListener listener, int connectTimeoutMillis, boolean fresh);

  /// The endpoint is not picked any more: connections close behind the requests they carry.
  void retire();
}
