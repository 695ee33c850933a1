package dev.lintel.proxy.edge.h2;

import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;

/// What the connections of one loop share: how heads are read and written (neither keeps anything
/// of a message beyond the call), and streams that have ended, to be used again. So a connection
/// that is idle holds nothing of a request.
final class H2Loop {
  /// Each takes some 3 KB. Clients that end as many at once as they begin must not have them made
  /// anew all the time: garbage that has grown old makes the heap large.
  private static final int MOST_SPARE = 1024;

  private final H2HeadReader reader = new H2HeadReader();
  private final H2HeadWriter writer = new H2HeadWriter();
  private final ArrayDeque<H2Stream> spare = new ArrayDeque<>();

  H2HeadReader reader() {
    return reader;
  }

  H2HeadWriter writer() {
    return writer;
  }

  /// A new stream's side of the client.
  H2Stream open(H2Connection connection, Http2Stream stream, boolean last) {
    H2Stream known = spare.pollLast();
    H2Stream opened = known == null ? new H2Stream(connection) : known;
    opened.begin(connection, stream, last);
    return opened;
  }

  /// Stream and exchange have ended.
  void recycle(H2Stream stream) {
    if (spare.size() < MOST_SPARE) {
      spare.addLast(stream);
    }
  }
}
