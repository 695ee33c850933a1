package dev.lintel.proxy.body;

import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which responses are compressed with gzip (RFC 1952), by nginx's rules: of status 200, 403 or
/// 404, of a type on the list, not known to be short, without a coding of their own, for clients of
/// HTTP/1.1 and HTTP/2 that ask for it. Responses to HEAD stay as they are.
///
/// `Cache-Control: no-transform` is kept as well (RFC 9111 5.2.2.6). Immutable, shared by all
/// loops.
public final class Compression {
  private static final HeaderName ACCEPT_RANGES = HeaderName.of("Accept-Ranges");
  private static final HeaderName CACHE_CONTROL = HeaderName.of("Cache-Control");
  private static final HeaderName CONTENT_ENCODING = HeaderName.of("Content-Encoding");
  private static final HeaderName CONTENT_RANGE = HeaderName.of("Content-Range");
  private static final HeaderName ETAG = HeaderName.of("ETag");
  private static final HeaderName VARY = HeaderName.of("Vary");

  private static final byte[] GZIP = ascii("gzip");
  private static final byte[] ACCEPT_ENCODING = ascii("Accept-Encoding");
  private static final byte[] ACCEPT_ENCODING_LOWER = ascii("accept-encoding");
  private static final byte[] NO_TRANSFORM = ascii("no-transform");

  private final int level;
  private final long shortest;
  private final ContentTypes types;
  private final @Nullable Predicate<Slice> excluded;

  /// @param level of zlib, 1 to 9
  /// @param shortest bytes of a body; one that says that it is shorter stays as it is
  /// @param excluded values of `User-Agent` whose clients get nothing compressed; null for none
  public Compression(
      int level, long shortest, ContentTypes types, @Nullable Predicate<Slice> excluded) {
    this.level = level;
    this.shortest = shortest;
    this.types = types;
    this.excluded = excluded;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Level of zlib.
  public int level() {
    return level;
  }

  /// Whether a response is one that is compressed for clients that want it.
  ///
  /// @param scratch moved to values of the head
  public boolean concerns(ResponseHead head, Slice scratch) {
    int status = head.status();
    return (status == 200 || status == 403 || status == 404)
        && head.framing() != BodyFraming.NONE
        && (head.contentLength() < 0 || head.contentLength() >= shortest)
        && head.value(HeaderNames.CONTENT_TYPE, scratch)
        && types.has(scratch)
        && !(head.value(CONTENT_ENCODING, scratch) && !scratch.isEmpty())
        && !head.has(CONTENT_RANGE)
        && !(head.value(CACHE_CONTROL, scratch) && holds(scratch, NO_TRANSFORM));
  }

  /// Tells caches that the response depends on what the client takes.
  public void vary(ResponseHead head, Slice scratch) {
    if (!head.value(VARY, scratch)
        || !scratch.contentEquals(ANY) && !holds(scratch, ACCEPT_ENCODING_LOWER)) {
      head.add(VARY, ACCEPT_ENCODING);
    }
  }

  private static final byte[] ANY = {'*'};

  /// Whether a client wants it.
  public boolean isWanted(RequestHead request, Slice scratch) {
    if (!AcceptEncoding.takes(request, GZIP, scratch)) {
      return false;
    }
    Predicate<Slice> who = excluded;
    return who == null || !request.value(HeaderNames.USER_AGENT, scratch) || !who.test(scratch);
  }

  /// Makes a head that of the compressed response: of no known length, without ranges, its entity
  /// tag a weak one (RFC 9110 8.8.1), or none where it was none before.
  public void describe(ResponseHead head, Slice scratch) {
    head.set(CONTENT_ENCODING, GZIP);
    head.body(BodyFraming.CHUNKED, -1);
    head.remove(ACCEPT_RANGES);
    if (!head.value(ETAG, scratch) || scratch.startsWithWord(WEAK)) {
      return;
    }
    if (scratch.length() > 1 && scratch.at(0) == '"') {
      byte[] weak = new byte[scratch.length() + 2];
      weak[0] = 'W';
      weak[1] = '/';
      scratch.copyTo(weak, 2);
      head.set(ETAG, weak);
    } else {
      head.remove(ETAG);
    }
  }

  private static final byte[] WEAK = ascii("w/\"");

  /// Whether a list with commas holds a word.
  private static boolean holds(Slice list, byte[] lower) {
    Slice rest = new Slice().set(list);
    for (int i = 0; i + lower.length <= list.length(); i++) {
      rest.set(list.bytes(), list.offset() + i, list.length() - i);
      boolean begins = i == 0 || isBetween(list.at(i - 1));
      boolean ends = i + lower.length == list.length() || isBetween(list.at(i + lower.length));
      if (begins && ends && rest.startsWithWord(lower)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBetween(byte b) {
    return b == ',' || b == ' ' || b == '\t';
  }
}
