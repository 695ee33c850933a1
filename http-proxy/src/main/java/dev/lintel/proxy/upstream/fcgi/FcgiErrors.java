package dev.lintel.proxy.upstream.fcgi;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.Endpoint;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the applications of one endpoint say for the log: so much for each request, and so many
/// requests in a second. Used on one loop.
final class FcgiErrors {
  private static final Logger LOG = LoggerFactory.getLogger(FcgiErrors.class);
  private static final int MOST_BYTES = 2_048;
  private static final int MOST_LINES = 10;
  private static final long SECOND = 1_000_000_000L;

  private final Loop loop;
  private final Endpoint endpoint;
  private long since;
  private int lines;
  private int untold;

  FcgiErrors(Loop loop, Endpoint endpoint) {
    this.loop = loop;
    this.endpoint = endpoint;
    this.since = loop.nanos();
  }

  /// Adds to what one request said so far.
  StringBuilder add(StringBuilder said, ByteBuf piece) {
    int length = Math.min(piece.readableBytes(), MOST_BYTES - said.length());
    if (length > 0) {
      said.append(piece.toString(piece.readerIndex(), length, StandardCharsets.UTF_8));
    }
    return said;
  }

  /// The request is over.
  void tell(CharSequence said) {
    long now = loop.nanos();
    if (now - since >= SECOND) {
      since = now;
      lines = 0;
      if (untold > 0) {
        LOG.warn("FastCGI {}: {} more requests had something to say", endpoint.text(), untold);
        untold = 0;
      }
    }
    if (lines++ < MOST_LINES) {
      LOG.warn("FastCGI {}: {}", endpoint.text(), plain(said));
    } else {
      untold++;
    }
  }

  /// On one line, without what a terminal would obey.
  private static String plain(CharSequence said) {
    StringBuilder line = new StringBuilder(said.length());
    for (int i = 0; i < said.length(); i++) {
      char c = said.charAt(i);
      line.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c);
    }
    return line.toString().strip();
  }
}
