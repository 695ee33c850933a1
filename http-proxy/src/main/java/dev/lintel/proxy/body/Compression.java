package dev.lintel.proxy.body;

import dev.lintel.proxy.message.BodyFraming;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which responses are compressed, by nginx's rules: of status 200, 403 or 404, of a type on the
/// list, not known to be short, without a coding of their own, for clients of HTTP/1.1 and later
/// that ask for it. Responses to HEAD stay as they are. A client gets the coding that it likes
/// most; of those it likes as much, the first as [Coding] has them.
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

  private static final byte[] ACCEPT_ENCODING = ascii("Accept-Encoding");
  private static final byte[] ACCEPT_ENCODING_LOWER = ascii("accept-encoding");
  private static final byte[] NO_TRANSFORM = ascii("no-transform");

  private final CodingRule[] rules;
  private final @Nullable Predicate<Slice> excluded;

  /// @param rules at most one for a coding
  /// @param excluded values of `User-Agent` whose clients get nothing compressed with gzip; null
  ///   for none
  public Compression(List<CodingRule> rules, @Nullable Predicate<Slice> excluded) {
    this.rules =
        rules.stream().sorted(Comparator.comparing(CodingRule::coding)).toArray(CodingRule[]::new);
    this.excluded = excluded;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether a response is one that is compressed for clients that want it.
  ///
  /// @param scratch moved to values of the head
  public boolean concerns(ResponseHead head, Slice scratch) {
    int status = head.status();
    return (status == 200 || status == 403 || status == 404)
        && head.framing() != BodyFraming.NONE
        && concernsAny(head, scratch)
        && !(head.value(CONTENT_ENCODING, scratch) && !scratch.isEmpty())
        && !head.has(CONTENT_RANGE)
        && !(head.value(CACHE_CONTROL, scratch) && holds(scratch, NO_TRANSFORM));
  }

  private boolean concernsAny(ResponseHead head, Slice scratch) {
    for (CodingRule rule : rules) {
      if (rule.concerns(head, scratch)) {
        return true;
      }
    }
    return false;
  }

  /// Tells caches that the response depends on what the client takes.
  public static void vary(ResponseHead head, Slice scratch) {
    if (!head.value(VARY, scratch)
        || !scratch.contentEquals(ANY) && !holds(scratch, ACCEPT_ENCODING_LOWER)) {
      head.add(VARY, ACCEPT_ENCODING);
    }
  }

  private static final byte[] ANY = {'*'};

  /// The rule for a response that is [concerned][#concerns], by what its client takes; null where
  /// it stays as it is.
  public @Nullable CodingRule choose(ResponseHead head, RequestHead request, Slice scratch) {
    CodingRule best = null;
    int most = 0;
    for (CodingRule rule : rules) {
      int weight = AcceptEncoding.weight(request, rule.coding().token(), scratch);
      if (weight > most
          && rule.concerns(head, scratch)
          && !(rule.coding() == Coding.GZIP && isExcluded(request, scratch))) {
        best = rule;
        most = weight;
      }
    }
    return best;
  }

  private boolean isExcluded(RequestHead request, Slice scratch) {
    Predicate<Slice> who = excluded;
    return who != null && request.value(HeaderNames.USER_AGENT, scratch) && who.test(scratch);
  }

  /// Makes a head that of the compressed response: of no known length, without ranges, its entity
  /// tag a weak one (RFC 9110 8.8.1), or none where it was none before.
  public static void describe(ResponseHead head, Coding coding, Slice scratch) {
    head.set(CONTENT_ENCODING, coding.token());
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
